#include "response_head.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>

namespace confcast::http {
namespace {

void append_number(std::string& out, std::size_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_clean(std::string& out, std::string_view text) {
    const auto from = out.size();
    out += text;
    for (auto i = from; i < out.size(); ++i)
        if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
}

}  // namespace

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Response& response, const Answering& answering) {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
    out.append(reason.data(), reason.size());
    out += "\r\nDate: ";
    out += answering.date;
    out += "\r\n";
    if (response.stream) {
        if (answering.version == 11) out += "Transfer-Encoding: chunked\r\n";  // else its end is the connection's
    } else if (may_have_body(response.status)) {
        out += "Content-Length: ";
        append_number(out, response.body_view().size());
        out += "\r\n";
    }
    // RFC 9110, 15.5.22 and RFC 6455, 4.4: such an answer says what to upgrade to.
    const bool upgrade = response.status == 426;
    if (upgrade) {
        if (!response.header("Upgrade")) out += "Upgrade: websocket\r\n";
        if (!response.header("Sec-WebSocket-Version")) out += "Sec-WebSocket-Version: 13\r\n";
    }
    if (answering.close)
        out += upgrade ? "Connection: upgrade, close\r\n" : "Connection: close\r\n";
    else if (answering.version == 10)
        out += upgrade ? "Connection: upgrade, keep-alive\r\n" : "Connection: keep-alive\r\n";
    else if (upgrade)
        out += "Connection: upgrade\r\n";
    out += answering.standing;
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    out += "\r\n";
}

}  // namespace confcast::http
