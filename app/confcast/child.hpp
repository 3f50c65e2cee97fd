// A command that is run for a change.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace confcast::cli {

class Child {
  public:
    /// Starts `argv` (found in PATH) with these variables added to the environment and `input` as its standard input.
    /// Throws Stop when it cannot be started.
    Child(const std::vector<std::string>& argv, const std::vector<std::pair<std::string, std::string>>& variables,
          const std::string& input);
    /// Ends it when it still runs.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Its exit code, or 128 + the signal that ended it; nullopt while it runs.
    std::optional<int> ended();

  private:
    pid_t pid_ = -1;
};

}  // namespace confcast::cli
