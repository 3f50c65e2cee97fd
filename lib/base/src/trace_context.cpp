#include "confcast/base/trace_context.hpp"

#include <algorithm>

namespace confcast {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
// "sampled", and of level 2 "the trace id is random": any other flag is to be zero when it is passed on.
constexpr unsigned known_flags = 0x03;

constexpr std::size_t trace_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;

// Every id is whole bytes, and an answer has three of them.
constexpr auto pairs = [] {
    std::array<std::array<char, 2>, 256> all{};
    for (unsigned byte = 0; byte < 256; ++byte) all[byte] = {digits[byte >> 4U], digits[byte & 15U]};
    return all;
}();

bool is_hex(std::string_view text) { return text.find_first_not_of(digits) == std::string_view::npos; }
bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos; }

unsigned number(std::string_view two) {
    return static_cast<unsigned>((digits.find(two[0]) << 4U) | digits.find(two[1]));
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view header) {
    if (header.size() < text_size) return std::nullopt;
    const std::string_view version = header.substr(0, 2);
    const std::string_view trace = header.substr(trace_at, 32);
    const std::string_view span = header.substr(span_at, 16);
    const std::string_view flags = header.substr(flags_at, 2);
    if (!is_hex(version) || version == "ff" || !is_id(trace) || !is_id(span) || !is_hex(flags)) return std::nullopt;
    if (header[2] != '-' || header[span_at - 1] != '-' || header[flags_at - 1] != '-') return std::nullopt;
    if (header.size() > text_size && (version == "00" || header[text_size] != '-')) return std::nullopt;
    TraceContext out;
    std::copy_n(header.begin(), text_size, out.text_.begin());
    out.put(0, 0, 2);
    out.put(flags_at, number(flags) & known_flags, 2);
    return out;
}

TraceContext TraceContext::make(std::uint64_t trace_high, std::uint64_t trace_low, std::uint64_t span,
                                std::uint8_t flags) {
    TraceContext out;
    out.text_.fill('-');
    out.put(0, 0, 2);
    out.put(trace_at, trace_high, 16);
    out.put(trace_at + 16, trace_low, 16);
    out.put(span_at, span, 16);
    out.put(flags_at, flags & known_flags, 2);
    return out;
}

TraceContext TraceContext::with_span(std::uint64_t span) const {
    TraceContext out = *this;
    out.put(span_at, span, 16);
    return out;
}

void TraceContext::put(std::size_t at, std::uint64_t number, std::size_t count) {
    for (std::size_t i = count; i > 0; i -= 2, number >>= 8U) {
        const auto& two = pairs[number & 0xFFU];
        text_[at + i - 2] = two[0];
        text_[at + i - 1] = two[1];
    }
}

}  // namespace confcast
