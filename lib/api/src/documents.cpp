#include "documents.hpp"

#include "catalogue.hpp"
#include "envelope.hpp"
#include "json_text.hpp"

namespace confcast::api {

std::string make_errors_document() {
    std::string out(envelope_begin);
    out += '[';
    for (const Errc code : all_errcs()) {
        if (out.back() != '[') out += ',';
        const Sentences sentences = sentences_of(code);
        out += R"({"code":)";
        append_json_number(out, static_cast<std::int64_t>(code));
        out += R"(,"name":)";
        append_json_string(out, name_of(code));
        out += R"(,"status":)";
        append_json_number(out, http_status(code));
        out += R"(,"en":)";
        append_json_string(out, sentences.en);
        out += R"(,"zh":)";
        append_json_string(out, sentences.zh);
        out += '}';
    }
    out += ']';
    out += envelope_end;
    return out;
}

Awaitable<Result<http::Response>> get_errors(Call& call) { co_return json_response(call.services.errors_document); }

// The bare document, as tools want it: its media type is not application/json, so "every JSON answer is an envelope"
// stays true.
Awaitable<Result<http::Response>> get_openapi(Call&) {
    http::Response response;
    response.headers.emplace_back("Content-Type", "application/vnd.oai.openapi+json;version=3.1");
    response.body = std::string(openapi_document());
    co_return response;
}

}  // namespace confcast::api
