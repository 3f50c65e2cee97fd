// A place in a trace: the `traceparent` of W3C Trace Context. A value of 55 bytes that knows its own text, so that
// carrying it allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace confcast {

class TraceContext {
  public:
    static constexpr std::size_t text_size = 55;

    /// nullopt unless it is a traceparent (W3C Trace Context, 3.2): version 00 exactly; of a later version what 00 has
    /// in common with it, when nothing or a '-' follows. Ids of zeros and version ff are invalid, upper case too.
    static std::optional<TraceContext> parse(std::string_view header);
    /// Ids that are not zero; of the flags those that are known are kept.
    static TraceContext make(std::uint64_t trace_high, std::uint64_t trace_low, std::uint64_t span, std::uint8_t flags);

    /// The same trace and flags with another span, which is not zero.
    TraceContext with_span(std::uint64_t span) const;

    /// "00-<trace id>-<span id>-<flags>", lower case.
    std::string_view text() const { return {text_.data(), text_.size()}; }
    /// 32 hexadecimal digits.
    std::string_view trace_id() const { return text().substr(3, 32); }
    /// 16 hexadecimal digits.
    std::string_view span_id() const { return text().substr(36, 16); }
    std::string_view flags() const { return text().substr(53, 2); }

    friend bool operator==(const TraceContext&, const TraceContext&) = default;

  private:
    TraceContext() = default;
    /// `count` digits, an even number.
    void put(std::size_t at, std::uint64_t number, std::size_t count);

    std::array<char, text_size> text_{};
};

}  // namespace confcast
