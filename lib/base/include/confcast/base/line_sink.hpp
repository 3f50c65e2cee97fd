// A file that lines are appended to, by a thread of its own: whoever writes a line never waits for a disk, nor for
// whoever reads a pipe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast {

class LineSink {
  public:
    /// Writes what waits, and gives up when nothing is taken any more for a second.
    virtual ~LineSink() = default;
    /// Takes a copy. Never blocks: when the file cannot keep up the oldest line that waits is lost, and counted.
    virtual void write(std::string_view line) = 0;
    /// Lines lost so far: those that had to go, and those that the file refused.
    virtual std::uint64_t dropped() const = 0;
};

/// The line that stands where lines were lost, so many of them. Called on the sink's thread.
using LossLine = std::function<std::string(std::uint64_t lost)>;

/// Appends to the file, which is created with mode 0600; nullopt: stderr. Error: invalid_parameter ("reason").
Result<std::unique_ptr<LineSink>> open_line_sink(const std::optional<std::filesystem::path>& path,
                                                 LossLine loss_line = {});

}  // namespace confcast
