// Where settings come from. Flags beat the environment, that beats the file, and that the default; each layer says what
// was given and where, so that whoever reads a complaint finds the place.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "setting.hpp"

namespace confcast::app {

enum class Source : std::uint8_t { standard, file, environment, flag };

struct Given {
    Words words;
    Source source = Source::standard;
    std::string where;  // "/etc/confcast/confcastd.toml:3:8", "CONFCAST_LOG_LEVEL", "--log-level"
    unsigned line = 0;  // in the file
};

using Layer = std::map<const Setting*, Given>;

/// A sentence that begins with the place.
struct Problem {
    Source source = Source::standard;
    std::string text;
    unsigned line = 0;  // in the file
};
using Problems = std::vector<Problem>;

struct FlagsLayer {
    Layer layer;
    std::optional<std::string> config;  // --config
    bool wants_help = false;
    bool wants_version = false;
};
/// `arguments` without the program's name.
FlagsLayer read_flags(const Settings& settings, const std::vector<std::string>& arguments, Problems& problems);
/// What --help prints.
std::string help_text(const Settings& settings);

/// Variables by name; an empty one is one that is not there. Those of a section that exists and a setting that does not
/// are problems.
using Environment = std::map<std::string, std::string>;
Layer read_environment(const Settings& settings, const Environment& environment, Problems& problems);

/// A TOML file. What is no setting is a problem, with line and column.
Layer read_file(const Settings& settings, const std::filesystem::path& path, Problems& problems);

}  // namespace confcast::app
