#include "response_head.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>

namespace confcast::http {
namespace {

void append_number(std::string& out, std::size_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string_view reason_of(unsigned status) {
    if (status == 200) return "OK";
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    return {reason.data(), reason.size()};
}

}  // namespace

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Response& response, const Answering& answering) {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    out += reason_of(response.status);
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
    if (response.prepared) out += response.prepared->headers.text();
    out += response.headers.text();
    out += "\r\n";
}

}  // namespace confcast::http
