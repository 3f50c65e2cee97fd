#include "http_date.hpp"

#include <cstdio>

namespace confcast::http {

std::string_view HttpDate::at(SystemTime time) {
    const std::time_t second = std::chrono::system_clock::to_time_t(time);
    if (second == second_) return text_;
    // By hand: strftime would ask the locale for the names.
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&second, &utc);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday], utc.tm_mday,
                  months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    second_ = second;
    text_ = text;
    return text_;
}

}  // namespace confcast::http
