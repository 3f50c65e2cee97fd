#include "configuration.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

namespace confcast::app {
namespace {

constexpr const char* variable_of_file = "CONFCAST_CONFIG";

std::filesystem::path file_of(const FlagsLayer& flags, const Environment& environment) {
    if (flags.config) return *flags.config;
    const auto named = environment.find(variable_of_file);
    if (named != environment.end() && !named->second.empty()) return named->second;
    std::error_code ec;
    return std::filesystem::exists(standard_file, ec) ? standard_file : "";
}

// The strongest of what was given of each.
Layer merge(const Settings& settings, std::vector<Layer> strongest_last) {
    Layer out;
    for (const Setting& setting : settings.all()) out[&setting] = {setting.otherwise, Source::standard, ""};
    for (Layer& layer : strongest_last)
        for (auto& [setting, given] : layer) out[setting] = std::move(given);
    return out;
}

void note_open_secrets(Configuration& configuration) {
    const bool holds_one = std::ranges::any_of(configuration.effective, [](const Effective& one) {
        return one.is_secret && one.given.source == Source::file;
    });
    if (!holds_one) return;
    std::error_code ec;
    const auto mode = std::filesystem::status(configuration.file, ec).permissions();
    using enum std::filesystem::perms;
    if ((mode & (group_write | others_read | others_write)) != none)
        configuration.notes.push_back(configuration.file.string() +
                                      " holds a secret and others may read or change it: chmod 600, or 640 with a "
                                      "group of its own");
}

Ending ending_of(const Problems& problems, bool beyond_flags) {
    // What goes together badly is the file's fault as soon as there is one.
    const bool usage = std::ranges::all_of(problems, [beyond_flags](const Problem& one) {
        return one.source == Source::flag || (one.source == Source::standard && !beyond_flags);
    });
    std::multimap<unsigned, std::string> sentences;  // in the file's order
    for (const Problem& one : problems)
        sentences.emplace(one.line, "confcastd: " + one.text + (one.text.ends_with('?') ? "\n" : ".\n"));
    std::string text;
    for (const auto& [line, sentence] : sentences) text += sentence;
    return {usage ? 2 : 7, std::move(text)};
}

}  // namespace

Invocation Invocation::of(int count, const char* const* arguments) {
    Invocation out;
    for (int i = 1; i < count; ++i) out.arguments.emplace_back(arguments[i]);
    for (char** one = ::environ; one != nullptr && *one != nullptr; ++one) {
        const std::string_view pair(*one);
        const auto equals = pair.find('=');
        if (pair.starts_with("CONFCAST_") && equals != std::string_view::npos)
            out.environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return out;
}

std::variant<Configuration, Ending> configure(const Invocation& invocation) {
    OptionsReader reader;
    const Settings& settings = reader.settings();
    Problems problems;
    FlagsLayer flags = read_flags(settings, invocation.arguments, problems);
    if (flags.wants_help) return Ending{0, help_text(settings)};
    if (flags.wants_version) return Ending{0, "confcastd " + std::string(OptionsReader::version()) + "\n"};

    Configuration out;
    out.file = file_of(flags, invocation.environment);
    Layer from_file;
    if (!out.file.empty()) from_file = read_file(settings, out.file, problems);
    Layer from_environment = read_environment(settings, invocation.environment, problems);
    const bool beyond_flags = !from_file.empty() || !from_environment.empty();
    const Layer merged = merge(settings, {std::move(from_file), std::move(from_environment), std::move(flags.layer)});

    out.options = reader.read(merged, problems);
    if (!problems.empty()) return ending_of(problems, beyond_flags);
    for (const Setting& setting : settings.all())
        out.effective.push_back(
            {setting.path(), merged.at(&setting), setting.kind, setting.is_live, setting.is_secret});
    note_open_secrets(out);
    return out;
}

}  // namespace confcast::app
