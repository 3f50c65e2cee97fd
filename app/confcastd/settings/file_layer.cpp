#include <algorithm>
#include <fstream>
#include <string>

#define TOML_ENABLE_FORMATTERS 0  // only read here
#include <toml++/toml.h>

#include "confcast/base/suggest.hpp"
#include "layers.hpp"

namespace confcast::app {
namespace {

constexpr std::size_t largest_file = 1U << 20U;

class Reader {
  public:
    Reader(const Settings& settings, std::string path, Problems& problems)
        : settings_(settings), path_(std::move(path)), problems_(problems) {}

    Layer read(const std::string& text) {
        try {
            const toml::table root = toml::parse(text, path_);
            for (const auto& [key, node] : root) read_section(key, node);
        } catch (const toml::parse_error& error) {
            complain(error.source(), std::string(error.description()));
        }
        return std::move(layer_);
    }

  private:
    void read_section(const toml::key& key, const toml::node& node) {
        const std::string name(key.str());
        std::vector<std::string> names;
        for (const auto& section : settings_.sections()) names.push_back(section.name);
        const bool exists = std::ranges::find(names, name) != names.end();
        const toml::table* table = node.as_table();
        if (exists && table == nullptr) {
            complain(key.source(), "'" + name + "' is a section: write [" + name + "] above its settings");
        } else if (!exists && table == nullptr) {
            complain(key.source(), "the setting '" + name + "' stands in no section" + elsewhere("", name));
        } else if (!exists) {
            const std::string close = closest(name, names);
            complain(key.source(),
                     "there is no section [" + name + "]" + (close.empty() ? "" : ". Did you mean [" + close + "]?"));
        } else {
            for (const auto& [inner, value] : *table) read_setting(name, inner, value);
        }
    }

    void read_setting(const std::string& section, const toml::key& key, const toml::node& node) {
        const std::string name(key.str());
        const Setting* setting = settings_.find(section, name);
        if (setting == nullptr) {
            complain(key.source(), "there is no setting " + section + "." + name + elsewhere(section, name));
            return;
        }
        std::string problem;
        Words words = words_of(*setting, node, problem);
        if (problem.empty())
            layer_[setting] = {std::move(words), Source::file, place(node.source()), node.source().begin.line};
        else
            complain(node.source(), setting->path() + ": " + problem);
    }

    // ". Did you mean log.level?"
    std::string elsewhere(const std::string& section, const std::string& name) const {
        std::vector<std::string> here;
        for (const Setting& setting : settings_.all()) {
            if (setting.name == name && setting.section != section) return ". Did you mean " + setting.path() + "?";
            if (setting.section == section) here.push_back(setting.name);
        }
        const std::string close = closest(name, here);
        return close.empty() ? "" : ". Did you mean " + section + "." + close + "?";
    }

    static Words words_of(const Setting& setting, const toml::node& node, std::string& problem) {
        using Kind = Setting::Kind;
        if (const auto* text = node.as_string(); text != nullptr && setting.kind != Kind::truth) return {text->get()};
        if (const auto* number = node.as_integer(); number != nullptr && setting.kind == Kind::number)
            return {std::to_string(number->get())};
        if (const auto* truth = node.as_boolean(); truth != nullptr && setting.kind == Kind::truth)
            return {truth->get() ? "true" : "false"};
        if (const auto* list = node.as_array(); list != nullptr && setting.kind == Kind::list) {
            Words words;
            for (const toml::node& one : *list)
                if (const auto* text = one.as_string()) words.push_back(text->get());
            if (words.size() == list->size()) return words;
        }
        switch (setting.kind) {
            case Kind::text:
                problem =
                    setting.type == "DURATION" ? R"(wants a duration in quotes, such as "10s")" : "wants a string";
                break;
            case Kind::number:
                problem = "wants a whole number or a string";
                break;
            case Kind::truth:
                problem = "wants true or false";
                break;
            case Kind::list:
                problem = "wants a list of strings";
                break;
        }
        return {};
    }

    std::string place(const toml::source_region& region) const {
        return path_ + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column);
    }
    void complain(const toml::source_region& region, const std::string& what) {
        problems_.push_back({Source::file, place(region) + ": " + what, region.begin.line});
    }

    const Settings& settings_;
    const std::string path_;
    Problems& problems_;
    Layer layer_;
};

}  // namespace

Layer read_file(const Settings& settings, const std::filesystem::path& path, Problems& problems) {
    std::error_code ec;
    const std::string name = path.string();
    std::ifstream file(path, std::ios::binary);
    if (std::filesystem::is_directory(path, ec) || !file) {
        problems.push_back({Source::file, name + ": cannot be read"});
        return {};
    }
    std::string text;
    text.resize(largest_file + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest_file) {
        problems.push_back({Source::file, name + ": is larger than 1 MiB, which no configuration is"});
        return {};
    }
    return Reader(settings, name, problems).read(text);
}

}  // namespace confcast::app
