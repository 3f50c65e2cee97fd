// The configuration: flags, environment, file and defaults, merged. Read at the start and again at every reload; a
// configuration that is wrong anywhere is not taken at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "options.hpp"

namespace confcast::app {

/// What the process was started with.
struct Invocation {
    std::vector<std::string> arguments;  // without the program's name
    Environment environment;

    static Invocation of(int count, const char* const* arguments);
};

/// Nothing to run: what to print, and the exit code (0: help or version, to stdout; else to stderr: 2 a flag is wrong,
/// 7 the file or the environment is).
struct Ending {
    int code = 0;
    std::string text;
};

/// One setting as it counts.
struct Effective {
    std::string path;  // "connections.max_head"
    Given given;       // the default's words too
    Setting::Kind kind = Setting::Kind::text;
    bool is_live = false;
    bool is_secret = false;
};

struct Configuration {
    Options options;
    std::vector<Effective> effective;  // of every setting, in the table's order
    std::filesystem::path file;        // that was read; empty: none
    std::vector<std::string> notes;    // what is no mistake, and no good either
};

/// Used when it exists and no other is named (--config, CONFCAST_CONFIG).
inline constexpr const char* standard_file = "/etc/confcast/confcastd.toml";

/// Reads everything. An Ending names every problem, a line each.
std::variant<Configuration, Ending> configure(const Invocation& invocation);

}  // namespace confcast::app
