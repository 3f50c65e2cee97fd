// Flags of the types that CLI11 does not know, each with its default shown. For the files that read the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "units.hpp"

namespace confcast::app {

class Flags {
  public:
    explicit Flags(CLI::App& app) : app_(app) {}

    void group(std::string name) { group_ = std::move(name); }

    template <class Duration>
    void duration(const std::string& name, Duration& target, const std::string& text) {
        add(name, text, to_text(std::chrono::duration_cast<std::chrono::milliseconds>(target)), "DURATION",
            [&target](const std::string& word) {
                const auto parsed = parse_duration(word);
                if (!parsed) return "write a duration such as 500ms, 10s, 5m or 24h, not '" + word + "'";
                target = std::chrono::duration_cast<Duration>(*parsed);
                return std::string();
            });
    }
    template <class Integer>
    void bytes(const std::string& name, Integer& target, const std::string& text) {
        add(name, text, bytes_to_text(static_cast<std::uint64_t>(target)), "BYTES", [&target](const std::string& word) {
            const auto parsed = parse_bytes(word);
            if (!parsed || *parsed == 0) return "write a size such as 4096, 64KiB or 1MiB, not '" + word + "'";
            target = static_cast<Integer>(*parsed);
            return std::string();
        });
    }
    template <class Integer>
    void count(const std::string& name, Integer& target, const std::string& text, std::uint64_t least = 1) {
        add(name, text, std::to_string(target), "N", [&target, least](const std::string& word) {
            constexpr std::uint64_t most =
                std::min<std::uint64_t>(std::uint64_t{1} << 40U, std::numeric_limits<Integer>::max());
            std::uint64_t number = 0;
            const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
            if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size() || number < least || number > most)
                return "write a whole number from " + std::to_string(least) + ", not '" + word + "'";
            target = static_cast<Integer>(number);
            return std::string();
        });
    }
    void on(const std::string& name, bool& target, const std::string& text) {
        app_.add_flag(name, target, text)->group(group_);
    }
    /// May be given several times.
    void words(const std::string& name, std::vector<std::string>& target, const std::string& text,
               const std::string& type) {
        app_.add_option(name, target, text)->type_name(type)->group(group_)->allow_extra_args(false);
    }
    void word(const std::string& name, std::string& target, const std::string& text, const std::string& type) {
        app_.add_option(name, target, text)->type_name(type)->capture_default_str()->group(group_);
    }
    void path(const std::string& name, std::filesystem::path& target, const std::string& text) {
        app_.add_option_function<std::string>(
                name, [&target](const std::string& word) { target = word; }, text)
            ->type_name("FILE")
            ->group(group_);
    }

  private:
    template <class Read>
    void add(const std::string& name, const std::string& text, const std::string& otherwise, const std::string& type,
             Read read) {
        app_.add_option_function<std::string>(
                name,
                [name, read](const std::string& word) {
                    const std::string problem = read(word);
                    if (!problem.empty()) throw CLI::ValidationError(name, problem);
                },
                text)
            ->type_name(type)
            ->default_str(otherwise)
            ->group(group_);
    }

    CLI::App& app_;
    std::string group_;
};

}  // namespace confcast::app
