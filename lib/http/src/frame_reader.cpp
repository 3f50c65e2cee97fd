#include "frame_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "confcast/base/utf8.hpp"
#include "frame_header.hpp"

namespace confcast::http {
namespace {

using Kind = FrameReader::Kind;

constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t bad_payload = 1007;
constexpr std::uint16_t too_big = 1009;

constexpr unsigned continuation = 0;
constexpr unsigned text = 1;
constexpr std::size_t longest_header = 14;

FrameReader::Frame failed(std::uint16_t code) { return {Kind::failed, {}, code}; }

bool is_control(unsigned opcode) { return opcode >= 8; }

Kind kind_of(unsigned opcode) {
    switch (opcode) {
        case 1:
            return Kind::text;
        case 2:
            return Kind::binary;
        case 8:
            return Kind::close;
        case 9:
            return Kind::ping;
        default:
            return Kind::pong;
    }
}

/// What an endpoint may say (RFC 6455, 7.4, and the codes registered since): not what only a local end is told.
bool is_close_code(unsigned code) {
    if (code >= 3000) return code <= 4999;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006 && code != 1014;
}

FrameReader::Frame closing(std::string_view payload) {
    if (payload.empty()) return {Kind::close, {}, 0};
    if (payload.size() == 1) return failed(protocol_error);
    const unsigned code = static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
    if (!is_close_code(code)) return failed(protocol_error);
    if (!is_valid_utf8(payload.substr(2))) return failed(bad_payload);
    return {Kind::close, payload.substr(2), static_cast<std::uint16_t>(code)};
}

FrameReader::Frame control(unsigned opcode, std::string_view payload) {
    const Kind kind = kind_of(opcode);
    return kind == Kind::close ? closing(payload) : FrameReader::Frame{kind, payload, 0};
}

using Mask = std::array<char, 4>;

/// `at`: of the payload's byte that is the first here (RFC 6455, 5.3).
std::string_view unmask(std::span<char> bytes, const Mask& mask, std::uint64_t at) {
    std::array<char, 8> key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = mask[(at + i) % mask.size()];
    std::size_t i = 0;
    std::uint64_t eight_of_key = 0;
    std::memcpy(&eight_of_key, key.data(), key.size());
    for (; bytes.size() - i >= key.size(); i += key.size()) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data() + i, key.size());
        eight ^= eight_of_key;
        std::memcpy(bytes.data() + i, &eight, key.size());
    }
    for (std::size_t k = 0; i < bytes.size(); ++i, ++k) bytes[i] = static_cast<char>(bytes[i] ^ key[k]);
    return {bytes.data(), bytes.size()};
}

}  // namespace

struct FrameReader::Header {
    unsigned opcode = 0;
    bool fin = false;
    std::size_t bytes = 0;  // of itself; 0 = it is not whole
    std::uint64_t size = 0;
    Mask mask{};

    /// The code to fail with, or 0. Each byte is judged when it is there.
    std::uint16_t parse(std::string_view all, bool message_open, std::uint64_t room);
};

std::uint16_t FrameReader::Header::parse(std::string_view all, bool message_open, std::uint64_t room) {
    const auto byte = [all](std::size_t i) { return static_cast<unsigned char>(all[i]); };
    if (all.empty()) return 0;
    if ((byte(0) & 0x70U) != 0) return protocol_error;  // no extension was agreed on
    fin = (byte(0) & 0x80U) != 0;
    opcode = byte(0) & 0x0FU;
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return protocol_error;
    if (is_control(opcode) ? !fin : (opcode == continuation) != message_open) return protocol_error;
    if (all.size() < 2) return 0;
    if ((byte(1) & 0x80U) == 0) return protocol_error;  // RFC 6455, 5.1: a client's frame is masked
    size = byte(1) & 0x7FU;
    if (is_control(opcode) && size > max_control_payload) return protocol_error;
    const std::size_t more = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (all.size() < 2 + more) return 0;
    if (more > 0) {
        const std::uint64_t least = more == 2 ? 126 : 65536;
        size = 0;
        for (std::size_t i = 0; i < more; ++i) size = size << 8U | byte(2 + i);
        if (size < least || size >> 63U != 0) return protocol_error;  // 5.2: the shortest form, and no sign
    }
    if (!is_control(opcode) && size > room) return too_big;
    if (all.size() < 2 + more + mask.size()) return 0;
    all.copy(mask.data(), mask.size(), 2 + more);
    bytes = 2 + more + mask.size();
    return 0;
}

struct FrameReader::Partial {
    Header frame;  // whose payload is under way, if its `bytes` is not 0
    std::uint64_t taken = 0;
    std::array<char, longest_header> header{};
    std::uint8_t header_size = 0;
    std::uint8_t control_size = 0;
    std::array<char, max_control_payload> control{};
    bool message_open = false;
    bool told = false;  // the message has been given away: nothing here is needed any more
    unsigned opcode = 0;
    Utf8Check utf8;
    std::string message;
};

FrameReader::FrameReader(std::size_t message_limit) : limit_(message_limit == 0 ? SIZE_MAX : message_limit) {}
FrameReader::~FrameReader() = default;

FrameReader::Partial& FrameReader::partial() {
    if (!partial_) partial_ = std::make_unique<Partial>();
    return *partial_;
}

bool FrameReader::is_message_open() const { return partial_ && partial_->message_open; }
std::size_t FrameReader::received() const { return partial_ ? partial_->message.size() : 0; }

FrameReader::Frame FrameReader::next(std::span<char>& bytes) {
    if (partial_ && partial_->told) partial_.reset();
    for (;;) {
        if (!partial_ || partial_->frame.bytes == 0) {
            Header header;
            const Frame wrong = take_header(bytes, header);
            if (wrong.kind != Kind::none || header.bytes == 0) return wrong;
            const bool alone = header.fin && !is_message_open();
            if ((is_control(header.opcode) || alone) && bytes.size() >= header.size) {
                const auto payload = unmask(bytes.first(header.size), header.mask, 0);
                bytes = bytes.subspan(header.size);
                if (is_control(header.opcode)) return control(header.opcode, payload);
                if (header.opcode == text && !is_valid_utf8(payload)) return failed(bad_payload);
                return {kind_of(header.opcode), payload, 0};
            }
            Partial& open = partial();
            open.frame = header;
            open.taken = 0;
            open.control_size = 0;
            if (!is_control(header.opcode) && header.opcode != continuation) {
                open.message_open = true;
                open.opcode = header.opcode;
            }
        }
        const Frame frame = take_payload(bytes);
        if (frame.kind != Kind::none || partial_->frame.bytes != 0) return frame;
    }
}

/// Fills `header` when it is whole; keeps what there is of it otherwise.
FrameReader::Frame FrameReader::take_header(std::span<char>& bytes, Header& header) {
    const std::uint64_t room = limit_ - std::min<std::size_t>(limit_, received());
    const std::size_t had = partial_ ? partial_->header_size : 0;
    std::string_view all(bytes.data(), bytes.size());
    std::array<char, longest_header> joined{};
    if (had > 0) {
        const std::size_t more = std::min(bytes.size(), joined.size() - had);
        std::copy_n(partial_->header.begin(), had, joined.begin());
        std::copy_n(bytes.begin(), more, joined.begin() + static_cast<std::ptrdiff_t>(had));
        all = {joined.data(), had + more};
    }
    if (const std::uint16_t code = header.parse(all, is_message_open(), room); code != 0) return failed(code);
    if (header.bytes == 0) {
        if (bytes.empty()) return {};
        Partial& open = partial();
        std::copy(all.begin() + static_cast<std::ptrdiff_t>(had), all.end(),
                  open.header.begin() + static_cast<std::ptrdiff_t>(had));
        open.header_size = static_cast<std::uint8_t>(all.size());
        bytes = bytes.subspan(bytes.size());
        return {};
    }
    bytes = bytes.subspan(header.bytes - had);
    if (partial_) {
        partial_->header_size = 0;
        // It was only there for the header.
        if (!partial_->message_open) partial_.reset();
    }
    return {};
}

/// Of the frame that is under way; that is over when its header is no more.
FrameReader::Frame FrameReader::take_payload(std::span<char>& bytes) {
    Partial& open = *partial_;
    Header& frame = open.frame;
    const std::size_t n = std::min<std::uint64_t>(frame.size - open.taken, bytes.size());
    const std::string_view piece = unmask(bytes.first(n), frame.mask, open.taken);
    bytes = bytes.subspan(n);
    open.taken += n;
    const bool whole = open.taken == frame.size;
    if (is_control(frame.opcode)) {
        piece.copy(open.control.data() + open.control_size, piece.size());
        open.control_size = static_cast<std::uint8_t>(open.control_size + piece.size());
        if (!whole) return {};
        frame.bytes = 0;
        open.told = !open.message_open;
        return control(frame.opcode, {open.control.data(), open.control_size});
    }
    if (open.opcode == text && !open.utf8.take(piece)) return failed(bad_payload);
    open.message += piece;
    if (!whole) return {};
    frame.bytes = 0;
    if (!frame.fin) return {};
    if (!open.utf8.is_whole()) return failed(bad_payload);
    open.told = true;
    return {kind_of(open.opcode), open.message, 0};
}

}  // namespace confcast::http
