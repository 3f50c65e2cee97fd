// A command line of the user's, run by the shell and with an end: the check of a new file, the reload of a program.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "confcast/base/async.hpp"

namespace confcast::cli::templates {

struct ShellCommand {
    std::string text{};
    std::vector<std::pair<std::string, std::string>> variables{};
    std::chrono::milliseconds limit{30'000};  // then it is ended, with all that it has started
    bool keep_output = false;                 // for Ended::output; else it is printed where ours is
};

struct Ended {
    bool well = false;        // exit 0
    std::string how{};        // "ended with 1", "was still running after 30s"
    std::string output{};     // the last of it
    std::string last_line{};  // that says something
};

/// Called again and again while a command runs; may throw, which ends the command.
using Turn = std::function<void(SteadyTime until)>;

/// Throws Stop when there is no shell, and what `turn` throws.
Ended run_command(const ShellCommand& command, const Turn& turn);

/// "{}" becomes the path, quoted where the shell would see more in it than a word.
std::string with_path(std::string_view command, const std::filesystem::path& path);

}  // namespace confcast::cli::templates
