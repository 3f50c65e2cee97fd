#include "confcast/test/recording_log.hpp"

#include <algorithm>

namespace confcast::test {

std::size_t RecordingLog::count(LogLevel level) const {
    return static_cast<std::size_t>(std::ranges::count(lines_, level, &Line::level));
}

bool RecordingLog::contains(std::string_view text) const {
    return std::ranges::any_of(lines_, [&](const Line& line) { return line.text.find(text) != std::string::npos; });
}

void RecordingLog::write(LogLevel level, std::string_view component, std::string_view message, Fields fields) {
    const std::string line = format_line(LogFormat::text, "", level, component, message, fields);
    lines_.push_back({level, line.substr(line.find(component))});
}

}  // namespace confcast::test
