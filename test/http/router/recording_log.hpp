// A log that keeps its lines, for tests.
#pragma once

#include <string>
#include <vector>

#include "confcast/base/log.hpp"

namespace confcast::http {

class RecordingLog final : public Log {
  public:
    std::vector<std::string> lines;

  protected:
    void write(LogLevel level, std::string_view component, std::string_view message, Fields fields) override {
        lines.push_back(format_line(LogFormat::text, "T", level, component, message, fields));
    }
};

}  // namespace confcast::http
