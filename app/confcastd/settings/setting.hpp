// The table of what an operator may say: each setting once, with its section, name, default, promise and how a word
// becomes its value. Flags, environment, file and documentation are made from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::app {

using Words = std::vector<std::string>;

struct Setting {
    /// What a configuration file may write: a string, a string or a whole number, true or false, a list of strings.
    enum class Kind : std::uint8_t { text, number, truth, list };

    std::string section;
    std::string name;  // in its section
    std::string flag;  // "--max-head"; "": a command line can be read by others, so it has none
    std::string type;  // "BYTES", for people
    std::string help;
    Kind kind = Kind::text;
    Words otherwise;         // the default
    bool is_live = false;    // a reload applies it; else it takes a restart
    bool is_secret = false;  // never shown
    /// Takes the words that were given; a problem, or "". Valid as long as what the table was filled for.
    std::function<std::string(const Words&)> take;

    std::string path() const { return section + "." + name; }
    /// CONFCAST_<SECTION>_<NAME>
    std::string variable() const;

    Setting& live() {
        is_live = true;
        return *this;
    }
    Setting& secret() {
        is_secret = true;
        return *this;
    }
};

/// Filled once, in the order in which people read it.
class Settings {
  public:
    struct Section {
        std::string name;
        std::string title;
    };

    /// What follows is in this section. A flag that begins with the section's name has it left out of its own.
    void section(std::string name, std::string title);

    template <class Duration>
    Setting& duration(std::string_view flag, Duration& target, std::string help) {
        return add_duration(
            flag, std::chrono::duration_cast<std::chrono::milliseconds>(target), std::move(help),
            [&target](std::chrono::milliseconds value) { target = std::chrono::duration_cast<Duration>(value); });
    }
    template <class Integer>
    Setting& bytes(std::string_view flag, Integer& target, std::string help, std::uint64_t least = 1) {
        return add_bytes(flag, static_cast<std::uint64_t>(target), least, std::move(help),
                         [&target](std::uint64_t value) { target = static_cast<Integer>(value); });
    }
    template <class Integer>
    Setting& count(std::string_view flag, Integer& target, std::string help, std::uint64_t least = 1) {
        constexpr std::uint64_t most =
            std::min<std::uint64_t>(std::uint64_t{1} << 40U, std::numeric_limits<Integer>::max());
        return add_count(flag, static_cast<std::uint64_t>(target), least, most, std::move(help),
                         [&target](std::uint64_t value) { target = static_cast<Integer>(value); });
    }
    Setting& on(std::string_view flag, bool& target, std::string help);
    /// May be given several times.
    Setting& words(std::string_view flag, Words& target, std::string help, std::string type);
    Setting& word(std::string_view flag, std::string& target, std::string help, std::string type);
    /// One of a few words.
    Setting& choice(std::string_view flag, std::string& target, Words choices, std::string help, std::string type);
    /// A path; `credential:NAME` is what systemd keeps under that name.
    Setting& file(std::string_view flag, std::string& target, std::string help);
    Setting& file(std::string_view flag, std::filesystem::path& target, std::string help);
    /// A secret, which has no flag.
    Setting& secret(std::string_view name, std::string& target, std::string help);

    const std::deque<Setting>& all() const { return all_; }
    const std::vector<Section>& sections() const { return sections_; }
    const Setting* find(std::string_view section, std::string_view name) const;

  private:
    Setting& add(std::string_view flag, Setting::Kind kind, std::string type, std::string help, Words otherwise);
    Setting& add_duration(std::string_view flag, std::chrono::milliseconds otherwise, std::string help,
                          std::function<void(std::chrono::milliseconds)> set);
    Setting& add_bytes(std::string_view flag, std::uint64_t otherwise, std::uint64_t least, std::string help,
                       std::function<void(std::uint64_t)> set);
    Setting& add_count(std::string_view flag, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most,
                       std::string help, std::function<void(std::uint64_t)> set);

    std::deque<Setting> all_;  // their addresses stay
    std::vector<Section> sections_;
};

}  // namespace confcast::app
