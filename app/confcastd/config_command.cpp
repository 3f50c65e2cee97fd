#include "config_command.hpp"

#include <algorithm>
#include <array>

#include "access_control.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/suggest.hpp"
#include "settings/documents.hpp"

namespace confcast::app {
namespace {

constexpr const char* usage =
    "confcastd config VERB [FLAG…]: what the configuration is\n\n"
    "  check      say everything that is wrong with it, the files that it names included; exit 0 or 7\n"
    "  default    print a file in which every setting has its default\n"
    "  env        print every variable of the environment\n"
    "  effective  print what counts, and where each setting comes from; secrets are masked\n"
    "  doc        print the reference of all settings, in Markdown\n"
    "  man        print the manual page\n\n"
    "FLAG: as of the server (confcastd --help), such as --config FILE.\n\n"
    "example: confcastd config check --config /etc/confcast/confcastd.toml\n";

// The files that the settings name: what would keep the server from starting, or a reload from taking them.
std::vector<std::string> wrong_files(const Options& options) {
    std::vector<std::string> problems;
    const auto note = [&](const Error& error) { problems.push_back(error.detail("reason")); };
    if (options.tls.wanted()) {
        const auto loaded = http::TlsContext::load(options.tls.files, SystemClock().wall());
        if (!loaded) note(loaded.error());
    }
    NullLog log;
    AccessSetup access = options.access;
    if (access.audit != "stderr") access.audit = "off";  // a check leaves nothing behind
    if (const Result<> opened = AccessControl(access, log).open(); !opened) note(opened.error());
    return problems;
}

Ending check(const Configuration& configuration) {
    std::string text;
    const std::string where =
        configuration.file.empty() ? "the defaults, flags and environment" : configuration.file.string();
    for (const std::string& problem : wrong_files(configuration.options)) text += "confcastd: " + problem + "\n";
    if (!text.empty()) return {7, std::move(text)};
    text = where + ": ok\n";
    for (const std::string& note : configuration.notes) text += "note: " + note + "\n";
    return {0, std::move(text)};
}

std::string effective(const Configuration& configuration) {
    std::string out =
        "# " +
        (configuration.file.empty() ? std::string("no file was read") : "the file is " + configuration.file.string()) +
        "\n";
    std::string section;
    for (const Effective& one : configuration.effective) {
        const auto dot = one.path.find('.');
        if (const std::string here = one.path.substr(0, dot); here != section) {
            section = here;
            out += "\n[" + section + "]\n";
        }
        const bool masked = one.is_secret && one.given.source != Source::standard;
        out += one.path.substr(dot + 1) + " = " + (masked ? "\"***\"" : toml_value(one.kind, one.given.words)) +
               "  # " + (one.given.source == Source::standard ? "default" : one.given.where) + "\n";
    }
    return out;
}

Ending unknown(const std::string& verb, const std::vector<std::string>& verbs) {
    const std::string close = closest(verb, verbs);
    return {2, "confcastd: there is no 'config " + verb + "'" +
                   (close.empty() ? " (see confcastd config --help)" : ". Did you mean 'config " + close + "'?") +
                   "\n"};
}

}  // namespace

Ending run_config(Invocation invocation) {
    auto& arguments = invocation.arguments;
    if (arguments.empty()) return {2, usage};
    const std::string verb = arguments.front();
    if (verb == "-h" || verb == "--help" || verb == "help") return {0, usage};
    arguments.erase(arguments.begin());
    const std::vector<std::string> verbs{"check", "default", "env", "effective", "doc", "man"};
    if (std::ranges::find(verbs, verb) == verbs.end()) return unknown(verb, verbs);
    if (std::ranges::any_of(arguments, [](const std::string& one) { return one == "-h" || one == "--help"; }))
        return {0, usage};

    const OptionsReader reader;
    if (verb == "default") return {0, default_file(reader.settings())};
    if (verb == "env") return {0, environment_list(reader.settings())};
    if (verb == "doc") return {0, reference(reader.settings())};
    if (verb == "man") return {0, manual(reader.settings(), OptionsReader::version())};
    auto read = configure(invocation);
    if (auto* ending = std::get_if<Ending>(&read)) return std::move(*ending);
    const auto& configuration = std::get<Configuration>(read);
    return verb == "check" ? check(configuration) : Ending{0, effective(configuration)};
}

}  // namespace confcast::app
