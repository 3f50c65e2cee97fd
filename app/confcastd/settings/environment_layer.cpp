#include <algorithm>

#include "confcast/base/suggest.hpp"
#include "layers.hpp"

namespace confcast::app {
namespace {

Words words_of(const Setting& setting, const std::string& text) {
    if (setting.kind == Setting::Kind::truth) {
        if (text == "1" || text == "yes" || text == "on") return {"true"};
        if (text == "0" || text == "no" || text == "off") return {"false"};
    }
    if (setting.kind != Setting::Kind::list) return {text};
    Words words;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        if (comma > at) words.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return words;
}

}  // namespace

Layer read_environment(const Settings& settings, const Environment& environment, Problems& problems) {
    Layer layer;
    std::vector<std::string> names;
    for (const Setting& setting : settings.all()) {
        names.push_back(setting.variable());
        const auto found = environment.find(names.back());
        if (found != environment.end() && !found->second.empty())
            layer[&setting] = {words_of(setting, found->second), Source::environment, names.back()};
    }
    for (const auto& [name, value] : environment) {
        const bool ours = std::ranges::any_of(settings.sections(), [&](const Settings::Section& section) {
            Setting probe;
            probe.section = section.name;
            return name.starts_with(probe.variable());
        });
        if (!ours || std::ranges::find(names, name) != names.end()) continue;
        const std::string close = closest(name, names);
        problems.push_back({Source::environment, name + ": there is no such setting" +
                                                     (close.empty() ? "" : ". Did you mean " + close + "?")});
    }
    return layer;
}

}  // namespace confcast::app
