#include "units.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace confcast::app {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array durations{Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::array sizes{Unit{"GiB", 1U << 30U}, Unit{"MiB", 1U << 20U}, Unit{"KiB", 1U << 10U}, Unit{"", 1}};

template <std::size_t n>
std::optional<std::uint64_t> parse(std::string_view text, const std::array<Unit, n>& units) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{}) return std::nullopt;
    const std::string_view name = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
    for (const Unit& unit : units) {
        if (unit.name != name) continue;
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (number > most / unit.factor) return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

template <std::size_t n>
std::string format(std::uint64_t number, const std::array<Unit, n>& units) {
    for (const Unit& unit : units)
        if (number != 0 && number % unit.factor == 0)
            return std::to_string(number / unit.factor) + std::string(unit.name);
    return "0" + std::string(units.back().name);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto number = parse(text, durations);
    if (!number) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*number));
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) { return parse(text, sizes); }

std::string to_text(std::chrono::milliseconds duration) {
    return format(static_cast<std::uint64_t>(duration.count()), durations);
}

std::string bytes_to_text(std::uint64_t bytes) { return format(bytes, sizes); }

}  // namespace confcast::app
