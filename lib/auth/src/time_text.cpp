#include "time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace confcast::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The clock counts nanoseconds in 64 bits: 1678 to 2262. Some years of room for sums.
constexpr std::int64_t far_seconds = 9'000'000'000;  // 2255

/// Exactly `digits` of them at the front, taken away; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    const std::string_view part = text.substr(0, digits);
    if (part.find_first_not_of("0123456789") != std::string_view::npos) return -1;
    int n = 0;
    std::from_chars(part.data(), part.data() + part.size(), n);
    text.remove_prefix(digits);
    return n;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// nullopt for a point without digits, or too many of them.
std::optional<milliseconds> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return milliseconds{0};
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits < 1 || digits > 9) return std::nullopt;
    std::string three(text.substr(0, std::min<std::size_t>(digits, 3)));
    three.resize(3, '0');
    text.remove_prefix(digits);
    std::string_view rest = three;
    return milliseconds{take_number(rest, 3)};
}

}  // namespace

std::optional<SystemTime> parse_time(std::string_view text) {
    const int year = take_number(text, 4);
    if (year < 1970 || !take(text, '-')) return std::nullopt;
    const int month = take_number(text, 2);
    if (month < 1 || !take(text, '-')) return std::nullopt;
    const int day = take_number(text, 2);
    if (day < 1 || !take(text, 'T')) return std::nullopt;
    const int hour = take_number(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
    const int minute = take_number(text, 2);
    if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
    const int second = take_number(text, 2);
    if (second < 0 || second > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction || text != "Z") return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t whole = ((days * 24 + hour) * 60 + minute) * 60 + second;
    if (whole >= far_seconds) return from_seconds(far_seconds);
    return from_seconds(whole) + *fraction;
}

std::string format_time(SystemTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<milliseconds>(time - day));
    std::array<char, 64> out{};
    int size = std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                             static_cast<int>(clock.seconds().count()));
    std::string text(out.data(), static_cast<std::size_t>(size));
    if (const auto ms = clock.subseconds().count(); ms != 0) {
        size = std::snprintf(out.data(), out.size(), ".%03d", static_cast<int>(ms));
        text.append(out.data(), static_cast<std::size_t>(size));
    }
    return text + 'Z';
}

SystemTime to_milliseconds(SystemTime time) {
    return std::clamp<SystemTime>(std::chrono::floor<milliseconds>(time), from_seconds(-far_seconds),
                                  from_seconds(far_seconds));
}

SystemTime from_seconds(std::int64_t s) { return SystemTime{seconds{std::clamp(s, -far_seconds, far_seconds)}}; }

}  // namespace confcast::auth
