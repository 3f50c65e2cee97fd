// How a command ends.
#pragma once

#include <string>
#include <string_view>

#include "confcast/client/failure.hpp"

namespace confcast::cli {

/// The exit codes that scripts rely on (`confcast help exit-codes`). `diff` keeps 0, 1 and 2 for itself.
enum class Exit : int {
    ok = 0,
    failed = 1,
    usage = 2,
    not_found = 3,
    conflict = 4,
    not_allowed = 5,
    unreachable = 6,  // or timed out
    invalid = 7,      // content that the server does not take
    unhealthy = 8,
    interrupted = 130
};

/// Thrown to end a command at once; the message goes to standard error ("" = nothing does).
struct Stop {
    Exit code = Exit::failed;
    std::string message{};
};

Exit exit_of(const client::Failure& failure);
/// With the server's sentence, and where to look further.
Stop stop_for(const client::Failure& failure);
inline Stop usage_error(std::string message) { return {Exit::usage, std::move(message)}; }

}  // namespace confcast::cli
