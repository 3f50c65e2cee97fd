#include "timestamp.hpp"

#include <chrono>

namespace confcast::api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}
    bool take(std::string_view one_of) {
        if (rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Exactly so many digits; -1 when they are not there.
    int number(std::size_t digits) {
        if (rest_.size() < digits) return -1;
        int n = 0;
        for (const char c : rest_.substr(0, digits)) {
            if (!is_digit(c)) return -1;
            n = 10 * n + (c - '0');
        }
        rest_.remove_prefix(digits);
        return n;
    }
    bool some_digits() {
        const std::size_t before = rest_.size();
        while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
        return rest_.size() < before;
    }
    bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

bool read_date(Reader& in) {
    const int year = in.number(4);
    if (!in.take("-")) return false;
    const int month = in.number(2);
    if (!in.take("-")) return false;
    const int day = in.number(2);
    return year >= 0 && month > 0 && day > 0 &&
           std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
               .ok();
}

bool read_clock(Reader& in, int seconds_limit, bool with_seconds) {
    const int hour = in.number(2);
    if (hour < 0 || hour > 23 || !in.take(":")) return false;
    const int minute = in.number(2);
    if (minute < 0 || minute > 59) return false;
    if (!with_seconds) return true;
    if (!in.take(":")) return false;
    const int second = in.number(2);
    return second >= 0 && second <= seconds_limit;
}

}  // namespace

bool is_rfc3339(std::string_view text) {
    constexpr int leap_second = 60;
    Reader in(text);
    if (!read_date(in) || !in.take("Tt") || !read_clock(in, leap_second, true)) return false;
    if (in.take(".") && !in.some_digits()) return false;
    if (in.take("Zz")) return in.at_end();
    return in.take("+-") && read_clock(in, 0, false) && in.at_end();
}

}  // namespace confcast::api
