#include "confcast/load/websocket_frame.hpp"

#include <array>

namespace confcast::load {
namespace {

constexpr unsigned byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

void append_byte(std::string& bytes, std::uint64_t value) { bytes.push_back(static_cast<char>(value & 0xFFU)); }

void append_big_endian(std::string& bytes, std::uint64_t value, unsigned count) {
    while (count-- > 0) append_byte(bytes, value >> (8U * count));
}

}  // namespace

std::string client_frame(Opcode opcode, std::string_view payload, bool final) {
    constexpr std::array<char, 4> key{0x37, 0x5A, 0x21, 0x3D};
    std::string bytes;
    bytes.reserve(payload.size() + 14);
    append_byte(bytes, (final ? 0x80U : 0U) | static_cast<unsigned>(opcode));
    if (payload.size() < 126) {
        append_byte(bytes, 0x80U | payload.size());
    } else if (payload.size() < 65536) {
        append_byte(bytes, 0x80U | 126U);
        append_big_endian(bytes, payload.size(), 2);
    } else {
        append_byte(bytes, 0x80U | 127U);
        append_big_endian(bytes, payload.size(), 8);
    }
    bytes.append(key.data(), key.size());
    for (std::size_t i = 0; i < payload.size(); ++i) bytes.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
    return bytes;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::string bytes;
    append_big_endian(bytes, code, 2);
    return bytes.append(reason);
}

std::size_t parse_server_frame(std::string_view bytes, Frame& frame) {
    if (bytes.size() < 2) return 0;
    if ((byte_at(bytes, 0) & 0x70U) != 0) throw std::runtime_error("a server frame with reserved bits");
    if ((byte_at(bytes, 1) & 0x80U) != 0) throw std::runtime_error("a masked server frame");
    std::size_t head = 2;
    std::uint64_t size = byte_at(bytes, 1);
    if (size >= 126) {
        const std::size_t count = size == 126 ? 2 : 8;
        head += count;
        if (bytes.size() < head) return 0;
        size = 0;
        for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte_at(bytes, i);
    }
    if (bytes.size() - head < size) return 0;
    frame.opcode = static_cast<Opcode>(byte_at(bytes, 0) & 0x0FU);
    frame.final = (byte_at(bytes, 0) & 0x80U) != 0;
    frame.payload = bytes.substr(head, size);
    return head + static_cast<std::size_t>(size);
}

}  // namespace confcast::load
