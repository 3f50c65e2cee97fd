// The table of commands as a parser, as help and as a man page.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace confcast::cli {

class Grammar {
  public:
    Grammar();

    /// Throws CLI::ParseError.
    void parse(std::vector<std::string> words);
    /// Precondition: parse() has returned.
    Command& chosen();
    /// As far as parsing got; "" = no command.
    std::string chosen_name() const;
    const FlagSettings& settings() const { return settings_; }
    Format format() const { return format_; }

    /// Of one command, or of all when `name` is "". Throws Stop when there is none of that name.
    std::string help(const std::string& name) const;
    /// In roff (man 7 groff_man).
    std::string man_page() const;
    /// For the first of the words that nobody knows.
    std::string suggestion(const std::vector<std::string>& words) const;

    struct Flag {
        std::string names;  // "-m,--message"
        std::string type;   // "" = it takes no value
        std::string text;
    };
    struct Row {
        CommandText text;
        std::string synopsis;
        std::vector<Flag> flags;
    };
    /// All that people see.
    std::vector<Row> rows() const;
    static std::vector<Flag> global_flags();

  private:
    std::string help_of_all() const;

    CLI::App app_{"confcast"};
    Commands commands_;
    std::vector<CLI::App*> parsers_;  // in step with commands_
    FlagSettings settings_;
    Format format_ = Format::automatic;
};

}  // namespace confcast::cli
