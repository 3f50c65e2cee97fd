#include "envelope.hpp"

#include <algorithm>

#include "catalogue.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

constexpr std::size_t max_data_bytes = 1024;  // of one particular in data

void append_particulars(std::string& out, const Error& error) {
    if (error.details().empty()) {
        out += "null";
        return;
    }
    out += '{';
    bool first = true;
    for (const Detail& d : error.details()) {
        if (!first) out += ',';
        first = false;
        append_json_string(out, d.name);
        out += ':';
        if (const auto* number = std::get_if<std::int64_t>(&d.value)) {
            append_json_number(out, *number);
        } else {
            append_json_string(out, shown(std::get<std::string>(d.value), max_data_bytes));
        }
    }
    out += '}';
}

// Seconds after which it makes sense to come again; "" = the code does not say.
std::string retry_after(const Error& error) {
    if (std::string told = error.detail("retry_after"); !told.empty()) return told;
    const unsigned status = http_status(error.code());
    if (status != 503 && status != 429) return {};
    return error == Errc::shutting_down ? "2" : "1";
}

}  // namespace

std::string success_text(std::string_view data) {
    std::string out;
    out.reserve(envelope_begin.size() + data.size() + envelope_end.size());
    out += envelope_begin;
    out += data;
    out += envelope_end;
    return out;
}

std::string failure_text(const Error& error, http::Language language) {
    std::string out = R"({"code":)";
    append_json_number(out, static_cast<std::int64_t>(error.code()));
    out += R"(,"message":)";
    append_json_string(out, message_of(error, language));
    out += R"(,"data":)";
    append_particulars(out, error);
    out += '}';
    return out;
}

http::Response json_response(std::string body, unsigned status) {
    http::Response response;
    response.status = status;
    response.headers.emplace_back("Content-Type", json_content_type);
    response.body = std::move(body);
    return response;
}

http::Response render_error(const http::Context& context, const Error& error) {
    http::Response response = json_response(failure_text(error, context.language), http_status(error.code()));
    if (std::string seconds = retry_after(error); !seconds.empty())
        response.headers.emplace_back("Retry-After", std::move(seconds));
    if (error.code() == Errc::unauthenticated)  // RFC 6750, 3
        response.headers.emplace_back("WWW-Authenticate", error.detail("reason") == "missing"
                                                              ? "Bearer realm=\"confcast\""
                                                              : "Bearer realm=\"confcast\", error=\"invalid_token\"");
    if (error.code() == Errc::upgrade_required) {
        response.headers.emplace_back("Upgrade", "websocket");         // RFC 9110, 15.5.22
        response.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455, 4.4
    }
    return response;
}

}  // namespace confcast::api
