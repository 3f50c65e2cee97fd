// What a reload of the configuration comes to: which settings may change while the server runs, and which take a
// restart.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "configuration.hpp"

namespace confcast::app {

class Reloader {
  public:
    /// `running`: what the server was started with.
    Reloader(Invocation invocation, const Configuration& running);

    struct Change {
        Options options;                         // what runs, with the live settings as they are now
        std::vector<std::string> applied;        // settings in it that are new
        std::vector<std::string> needs_restart;  // settings that are other than what runs
    };
    /// Reads everything again, and takes the answer as what runs from now on. Else every problem, a sentence each; then
    /// what ran goes on.
    std::variant<Change, std::vector<std::string>> read();

  private:
    Invocation invocation_;
    std::vector<Effective> running_;
};

}  // namespace confcast::app
