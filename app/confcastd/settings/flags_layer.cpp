#include <CLI/CLI.hpp>

#include "confcast/base/suggest.hpp"
#include "layers.hpp"
#include "units.hpp"

namespace confcast::app {
namespace {

constexpr const char* usage_of_config =
    "confcastd config check|default|env|effective|doc tells about the configuration: confcastd config --help";

// Every flag takes what is given; what it means is looked at when all layers are there.
void declare(CLI::App& app, const Settings& settings, std::map<const Setting*, CLI::Option*>& options) {
    const auto title_of = [&](const std::string& name) {
        for (const auto& section : settings.sections())
            if (section.name == name) return section.title;
        return name;
    };
    for (const Setting& setting : settings.all()) {
        if (setting.flag.empty()) continue;
        CLI::Option* option = nullptr;
        if (setting.kind == Setting::Kind::truth) {
            option = app.add_flag(setting.flag)->description(setting.help);
        } else {
            option = app.add_option(setting.flag, [](const CLI::results_t&) { return true; }, setting.help);
            option->type_name(setting.type)->allow_extra_args(false)->expected(1);
            if (setting.kind == Setting::Kind::list) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
            if (!setting.otherwise.empty()) option->default_str(setting.otherwise.front());
        }
        options[&setting] = option->group(title_of(setting.section));
    }
}

struct Parser {
    explicit Parser(const Settings& settings)
        : app("confcastd: settings over REST, changes pushed to whoever listens", "confcastd") {
        app.footer(usage_of_config);
        app.add_flag("--version", wants_version, "What this is, and end");
        app.add_option("--config", config,
                       "The configuration file; default: /etc/confcast/confcastd.toml, if it exists")
            ->type_name("FILE");
        declare(app, settings, options);
    }

    CLI::App app;
    std::map<const Setting*, CLI::Option*> options;
    std::string config;
    bool wants_version = false;
};

std::string did_you_mean(const Settings& settings, std::string word) {
    word = word.substr(0, word.find('='));
    std::vector<std::string> flags{"--config", "--version", "--help"};
    for (const Setting& setting : settings.all())
        if (!setting.flag.empty()) flags.push_back(setting.flag);
    const std::string closest_flag = closest(word, flags);
    return closest_flag.empty() ? " (see confcastd --help)" : ". Did you mean " + closest_flag + "?";
}

}  // namespace

FlagsLayer read_flags(const Settings& settings, const std::vector<std::string>& arguments, Problems& problems) {
    Parser parser(settings);
    FlagsLayer out;
    try {
        std::vector<std::string> backwards(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
        parser.app.parse(std::move(backwards));
    } catch (const CLI::CallForHelp&) {
        out.wants_help = true;
        return out;
    } catch (const CLI::ExtrasError&) {
        const std::string word = parser.app.remaining().empty() ? "?" : parser.app.remaining().front();
        problems.push_back({Source::flag, "there is no '" + word + "'" + did_you_mean(settings, word)});
        return out;
    } catch (const CLI::ParseError& problem) {
        problems.push_back({Source::flag, std::string(problem.what()) + " (see confcastd --help)"});
        return out;
    }
    out.wants_version = parser.wants_version;
    if (!parser.config.empty()) out.config = parser.config;
    for (const auto& [setting, option] : parser.options)
        if (option->count() > 0) out.layer[setting] = {option->results(), Source::flag, setting->flag};
    return out;
}

std::string help_text(const Settings& settings) { return Parser(settings).app.help(); }

}  // namespace confcast::app
