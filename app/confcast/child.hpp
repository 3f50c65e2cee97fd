// A command that is run for a change.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace confcast::cli {

struct ChildSetup {
    std::optional<int> output{};  // an open file for its standard output and error; unset = those of this program
    bool with_group = false;      // what it starts is ended with it, and a terminal's Ctrl-C does not reach them
};

class Child {
  public:
    /// Starts `argv` (found in PATH) with these variables added to the environment and `input` as its standard input.
    /// Throws Stop when it cannot be started.
    Child(const std::vector<std::string>& argv, const std::vector<std::pair<std::string, std::string>>& variables,
          const std::string& input, ChildSetup setup = {});
    /// Ends it when it still runs: SIGTERM; with a group also SIGKILL, a second later.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Its exit code, or 128 + the signal that ended it; nullopt while it runs.
    std::optional<int> ended();

  private:
    void end_group();

    pid_t pid_ = -1;
    bool with_group_ = false;
};

}  // namespace confcast::cli
