#include "setting.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "units.hpp"

namespace confcast::app {
namespace {

constexpr std::string_view credential_scheme = "credential:";

// systemd.exec(5), "CREDENTIALS": files that only this unit can read, in the directory that the variable names.
std::string resolve(const std::string& word, std::string& problem) {
    if (!word.starts_with(credential_scheme)) return word;
    const std::string name = word.substr(credential_scheme.size());
    const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (name.empty() || name.find('/') != std::string::npos)
        problem = "wants the name of a credential behind credential:, not '" + name + "'";
    else if (directory == nullptr || *directory == '\0')
        problem = "wants the credential '" + name + "', but systemd has given none (LoadCredential= in the unit)";
    else
        return std::string(directory) + "/" + name;
    return {};
}

std::string one_of(const Words& choices) {
    std::string text;
    const auto named =
        static_cast<std::size_t>(std::ranges::count_if(choices, [](const auto& one) { return !one.empty(); }));
    for (std::size_t i = 0; i < named; ++i) {
        if (i > 0) text += i + 1 == named ? " or " : ", ";
        text += choices[i];
    }
    return text;
}

}  // namespace

std::string Setting::variable() const {
    std::string text = "CONFCAST_" + section + "_" + name;
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

void Settings::section(std::string name, std::string title) {
    sections_.push_back({std::move(name), std::move(title)});
}

const Setting* Settings::find(std::string_view section, std::string_view name) const {
    const auto found =
        std::ranges::find_if(all_, [&](const Setting& one) { return one.section == section && one.name == name; });
    return found == all_.end() ? nullptr : &*found;
}

Setting& Settings::add(std::string_view flag, Setting::Kind kind, std::string type, std::string help, Words otherwise) {
    Setting setting;
    setting.section = sections_.back().name;
    setting.flag = flag;
    std::string name(flag.substr(2));
    std::ranges::replace(name, '-', '_');
    if (name.starts_with(setting.section + "_")) name.erase(0, setting.section.size() + 1);
    if (find(setting.section, name) != nullptr) throw std::logic_error("two settings " + setting.section + "." + name);
    setting.name = std::move(name);
    setting.type = std::move(type);
    setting.help = std::move(help);
    setting.kind = kind;
    setting.otherwise = std::move(otherwise);
    return all_.emplace_back(std::move(setting));
}

Setting& Settings::add_duration(std::string_view flag, std::chrono::milliseconds otherwise, std::string help,
                                std::function<void(std::chrono::milliseconds)> set) {
    Setting& setting = add(flag, Setting::Kind::text, "DURATION", std::move(help), {to_text(otherwise)});
    setting.take = [set = std::move(set)](const Words& words) {
        const auto parsed = parse_duration(words.front());
        if (!parsed) return "write a duration such as 500ms, 10s, 5m or 24h, not '" + words.front() + "'";
        set(*parsed);
        return std::string();
    };
    return setting;
}

Setting& Settings::add_bytes(std::string_view flag, std::uint64_t otherwise, std::uint64_t least, std::string help,
                             std::function<void(std::uint64_t)> set) {
    Setting& setting = add(flag, Setting::Kind::number, "BYTES", std::move(help), {bytes_to_text(otherwise)});
    setting.take = [set = std::move(set), least](const Words& words) {
        const auto parsed = parse_bytes(words.front());
        if (!parsed || *parsed < least) return "write a size such as 4096, 64KiB or 1MiB, not '" + words.front() + "'";
        set(*parsed);
        return std::string();
    };
    return setting;
}

Setting& Settings::add_count(std::string_view flag, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most,
                             std::string help, std::function<void(std::uint64_t)> set) {
    Setting& setting = add(flag, Setting::Kind::number, "N", std::move(help), {std::to_string(otherwise)});
    setting.take = [set = std::move(set), least, most](const Words& words) {
        const std::string& word = words.front();
        std::uint64_t number = 0;
        const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
        if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size() || number < least || number > most)
            return "write a whole number from " + std::to_string(least) + ", not '" + word + "'";
        set(number);
        return std::string();
    };
    return setting;
}

Setting& Settings::on(std::string_view flag, bool& target, std::string help) {
    Setting& setting = add(flag, Setting::Kind::truth, "", std::move(help), {target ? "true" : "false"});
    setting.take = [&target](const Words& words) {
        const std::string& word = words.front();
        if (word != "true" && word != "false") return "write true or false, not '" + word + "'";
        target = word == "true";
        return std::string();
    };
    return setting;
}

Setting& Settings::words(std::string_view flag, Words& target, std::string help, std::string type) {
    Setting& setting = add(flag, Setting::Kind::list, std::move(type), std::move(help), target);
    setting.take = [&target](const Words& words) {
        target = words;
        return std::string();
    };
    return setting;
}

Setting& Settings::word(std::string_view flag, std::string& target, std::string help, std::string type) {
    Setting& setting = add(flag, Setting::Kind::text, std::move(type), std::move(help), {target});
    setting.take = [&target](const Words& words) {
        target = words.front();
        return std::string();
    };
    return setting;
}

Setting& Settings::choice(std::string_view flag, std::string& target, Words choices, std::string help,
                          std::string type) {
    if (target.empty()) choices.emplace_back();  // what is said by saying nothing can be said too
    Setting& setting = word(flag, target, std::move(help), std::move(type));
    setting.take = [&target, choices = std::move(choices)](const Words& words) {
        if (std::ranges::find(choices, words.front()) == choices.end())
            return "write " + one_of(choices) + ", not '" + words.front() + "'";
        target = words.front();
        return std::string();
    };
    return setting;
}

Setting& Settings::file(std::string_view flag, std::string& target, std::string help) {
    Setting& setting = add(flag, Setting::Kind::text, "FILE", std::move(help), {target});
    setting.take = [&target](const Words& words) {
        std::string problem;
        target = resolve(words.front(), problem);
        return problem;
    };
    return setting;
}

Setting& Settings::file(std::string_view flag, std::filesystem::path& target, std::string help) {
    Setting& setting = add(flag, Setting::Kind::text, "FILE", std::move(help), {target.string()});
    setting.take = [&target](const Words& words) {
        std::string problem;
        target = resolve(words.front(), problem);
        return problem;
    };
    return setting;
}

Setting& Settings::secret(std::string_view name, std::string& target, std::string help) {
    Setting& setting = word("--" + sections_.back().name + "-" + std::string(name), target, std::move(help), "SECRET");
    setting.flag.clear();
    return setting.secret();
}

}  // namespace confcast::app
