// A file that lines are appended to, by a thread of its own: whoever writes a line never waits for a disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast {

class LineSink {
  public:
    virtual ~LineSink() = default;
    /// Takes a copy. Never blocks: when the file cannot keep up the oldest line that waits is lost, and counted.
    virtual void write(std::string_view line) = 0;
    virtual std::uint64_t dropped() const = 0;
};

/// Appends to the file, which is created with mode 0600; nullopt: stderr. Error: invalid_parameter ("reason").
Result<std::unique_ptr<LineSink>> open_line_sink(const std::optional<std::filesystem::path>& path);

}  // namespace confcast
