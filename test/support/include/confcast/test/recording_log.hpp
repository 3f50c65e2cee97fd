// A log that keeps its lines, for tests that say what is logged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/log.hpp"

namespace confcast::test {

class RecordingLog final : public Log {
  public:
    struct Line {
        LogLevel level;
        std::string text;  // "component: message name=value …"
    };

    /// Keeps every level from `level` on.
    explicit RecordingLog(LogLevel level = LogLevel::debug) { set_level(level); }

    const std::vector<Line>& lines() const { return lines_; }
    std::size_t count(LogLevel level) const;
    /// Whether a line contains this text.
    bool contains(std::string_view text) const;
    void clear() { lines_.clear(); }

  protected:
    void write(LogLevel level, std::string_view component, std::string_view message, Fields fields) override;

  private:
    std::vector<Line> lines_;
};

}  // namespace confcast::test
