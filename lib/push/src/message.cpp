#include "confcast/push/message.hpp"

namespace confcast::push {
namespace {

void append_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) out += static_cast<char>((number >> (8U * i)) & 0xFFU);
}

// RFC 6455, 5.2: FIN and opcode "text", then the length in its shortest form; a server does not mask (5.1).
std::string websocket_frame(std::string_view payload) {
    std::string out;
    out.reserve(payload.size() + 10);
    out += '\x81';
    if (payload.size() < 126) {
        out += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xFFFFU) {
        out += '\x7e';
        append_big_endian(out, payload.size(), 2);
    } else {
        out += '\x7f';
        append_big_endian(out, payload.size(), 8);
    }
    out += payload;
    return out;
}

// HTML, "Server-sent events": an empty id clears the browser's Last-Event-ID. JSON text has no line ends inside.
std::string sse_event(std::string_view type, std::string_view position, std::string_view json, std::uint32_t retry) {
    std::string out;
    out.reserve(json.size() + position.size() + type.size() + 32);
    if (retry != 0) out += "retry: " + std::to_string(retry) + '\n';
    out += position.empty() ? "id" : "id: ";
    out += position;
    out += "\nevent: ";
    out += type;
    out += "\ndata: ";
    out += json;
    out += "\n\n";
    return out;
}

}  // namespace

const std::string& Message::framed(Framing framing) const {
    std::string& made = framed_[static_cast<std::size_t>(framing)];
    if (!made.empty()) return made;
    switch (framing) {
        case Framing::websocket:
            made = websocket_frame(json_);
            break;
        case Framing::sse:
            made = sse_event(type_, position_, json_, retry_);
            break;
        case Framing::ndjson:
            made = json_ + '\n';
            break;
    }
    return made;
}

}  // namespace confcast::push
