// When the last-known-good file is read and written: at most so often, and once more at the end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "confcast/base/async.hpp"
#include "stream_machine.hpp"

namespace confcast::client {

class Keeper {
  public:
    /// `machine` outlives this. Without a path it does nothing.
    Keeper(StreamMachine& machine, std::optional<std::filesystem::path> path, std::chrono::milliseconds least)
        : machine_(machine), path_(std::move(path)), least_(least) {}

    /// Offers what is in the file to the machine. What is wrong with it is a warning of the machine's.
    void load();
    /// Writes what is new if it is time; otherwise returns when it will be.
    std::optional<SteadyTime> save(SteadyTime now);
    /// Writes what is new, its position too.
    void close();

  private:
    void write(bool closing);

    StreamMachine& machine_;
    std::optional<std::filesystem::path> path_;
    std::chrono::milliseconds least_;
    std::optional<SteadyTime> last_;
    std::string complaint_;  // the last one: the same is not said twice
};

}  // namespace confcast::client
