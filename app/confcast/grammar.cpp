#include "grammar.hpp"

#include <algorithm>
#include <sstream>

#include "confcast/base/suggest.hpp"

namespace confcast::cli {
namespace {

constexpr std::string_view environment_text =
    "CONFCAST_SERVER, CONFCAST_TOKEN, CONFCAST_CONTEXT, CONFCAST_TIMEOUT, CONFCAST_CA_FILE, CONFCAST_CERT, "
    "CONFCAST_KEY: "
    "as the flags; a flag is stronger, the context file weaker. CONFCAST_INSECURE=1: as --insecure. NO_COLOR: no "
    "colours.";
constexpr std::string_view exit_text =
    "0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 not allowed, 6 unreachable or timed out, 7 invalid content, 8 "
    "server unhealthy, 130 interrupted. diff: 0 the same, 1 different, 2 cannot be said.";

std::string synopsis_of(const CLI::App& app, std::string_view name) {
    std::string out = "confcast " + std::string(name);
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_positional()) continue;
        const std::string& meant = option->get_option_text();
        const std::string word =
            (meant.empty() ? option->get_name(true) : meant) + (option->get_expected_max() > 1 ? "..." : "");
        out += option->get_required() ? ' ' + word : " [" + word + ']';
    }
    if (name == "watch") out += " [-- COMMAND...]";
    if (name == "verify") out += " [FLAGS OF ITS OWN]";
    return out;
}

std::vector<Grammar::Flag> flags_of(const CLI::App& app) {
    std::vector<Grammar::Flag> flags;
    for (const CLI::Option* option : app.get_options())
        if (!option->get_positional() && option->get_name() != "--help")
            flags.push_back({option->get_name(false, true), option->get_type_size() == 0 ? "" : option->get_type_name(),
                             option->get_description()});
    return flags;
}

void append_flags(std::ostream& out, const std::vector<Grammar::Flag>& flags) {
    std::size_t width = 0;
    const auto left = [](const Grammar::Flag& flag) { return flag.names + (flag.type.empty() ? "" : ' ' + flag.type); };
    for (const Grammar::Flag& flag : flags) width = std::max(width, left(flag).size());
    for (const Grammar::Flag& flag : flags)
        out << "  " << left(flag) << std::string(width - left(flag).size() + 2, ' ') << flag.text << '\n';
}

std::string indented(std::string_view text) {
    std::string out;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) out += "  " + line + '\n';
    return out;
}

/// A character beyond ASCII, by its number: a man page may be read in any encoding. `text` begins with it and is left
/// behind it.
std::string roff_character(std::string_view& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned code = first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size && i < text.size(); ++i)
        code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    text.remove_prefix(std::min(size, text.size()));
    std::string hex;
    for (; code > 0; code >>= 4U) hex.insert(hex.begin(), digits[code & 15U]);
    hex.insert(0, 4 - std::min<std::size_t>(4, hex.size()), '0');
    return "\\[u" + hex + ']';
}

std::string roff(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        if (static_cast<unsigned char>(c) >= 0x80) {
            out += roff_character(text);
            continue;
        }
        text.remove_prefix(1);
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
            out += c;
        }
    }
    return out;
}

}  // namespace

void Command::set_rest(const std::vector<std::string>&) {
    throw usage_error("only watch takes a command behind \"--\"");
}

Grammar::Grammar() : commands_(make_commands()) {
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Help");
    const std::vector<std::pair<std::string, Format>> formats{
        {"table", Format::table}, {"json", Format::json}, {"yaml", Format::yaml}, {"value", Format::value}};
    app_.add_option("-s,--server", settings_.server);
    app_.add_option("--token", settings_.token);
    app_.add_option("--token-file", settings_.token_file);
    app_.add_option("--context", settings_.context);
    app_.add_option("--timeout-per-call", settings_.timeout);
    app_.add_option("--ca-file", settings_.ca_file);
    app_.add_option("--cert", settings_.certificate);
    app_.add_option("--key", settings_.key);
    app_.add_flag("--insecure", settings_.insecure);
    app_.add_option("-o,--output", format_)->transform(CLI::CheckedTransformer(formats, CLI::ignore_case));
    for (const auto& command : commands_) {
        CLI::App* parser = app_.add_subcommand(std::string(command->text().name), std::string(command->text().summary));
        parser->fallthrough();
        parser->set_help_flag("-h,--help", "Help");
        command->define(*parser);
        parsers_.push_back(parser);
    }
}

void Grammar::parse(std::vector<std::string> words) {
    std::ranges::reverse(words);  // CLI11 takes them from the back
    app_.parse(std::move(words));
}

std::string Grammar::chosen_name() const {
    for (std::size_t i = 0; i < parsers_.size(); ++i)
        if (parsers_[i]->count() > 0 || parsers_[i]->parsed()) return std::string(commands_[i]->text().name);
    return "";
}

Command& Grammar::chosen() {
    for (std::size_t i = 0; i < parsers_.size(); ++i)
        if (parsers_[i]->parsed()) return *commands_[i];
    throw usage_error("name a command");
}

std::vector<Grammar::Flag> Grammar::global_flags() {
    return {{"-s,--server", "SERVER",
             "http://HOST:PORT or https://HOST:PORT; several separated by commas (http://127.0.0.1:8080)"},
            {"--token", "TOKEN", "Who you are"},
            {"--token-file", "FILE", "The same, as a file's first line; nobody else may read it"},
            {"--context", "NAME", "A server and a token kept by `confcast context`"},
            {"--timeout-per-call", "DURATION", "Of each request (10s)"},
            {"--ca-file", "FILE", "https: who may sign the server's certificate, PEM (the system's CAs)"},
            {"--cert", "FILE", "https: who you are by certificate, PEM"},
            {"--key", "FILE", "https: its key"},
            {"--insecure", "", "https: take whoever answers for the server"},
            {"-o,--output", "FORMAT", "table, json, yaml or value"},
            {"-h,--help", "", "Help"}};
}

std::vector<Grammar::Row> Grammar::rows() const {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
        const CommandText text = commands_[i]->text();
        if (!text.hidden) rows.push_back({text, synopsis_of(*parsers_[i], text.name), flags_of(*parsers_[i])});
    }
    return rows;
}

std::string Grammar::help_of_all() const {
    std::ostringstream out;
    out << "confcast: settings that every running program has a moment after they change\n\nUsage: confcast COMMAND "
           "[WORDS] [FLAGS]\n\nCommands:\n";
    for (const Row& row : rows())
        out << "  " << row.text.name << std::string(12 - row.text.name.size(), ' ') << row.text.summary << '\n';
    out << "\nFlags of all commands:\n";
    append_flags(out, global_flags());
    out << "\nEnvironment:\n"
        << indented(environment_text) << "\nExit codes:\n"
        << indented(exit_text) << "\n`confcast help COMMAND` shows one, with examples.\n";
    return out.str();
}

std::string Grammar::help(const std::string& name) const {
    if (name.empty()) return help_of_all();
    for (const Row& row : rows()) {
        if (row.text.name != name) continue;
        std::ostringstream out;
        out << row.text.summary << "\n\nUsage: " << row.synopsis << " [FLAGS]\n\n" << row.text.details << '\n';
        if (!row.flags.empty()) out << "\nFlags:\n";
        append_flags(out, row.flags);
        out << "\nFlags of all commands:\n";
        append_flags(out, global_flags());
        out << "\nExamples:\n" << indented(row.text.example);
        return out.str();
    }
    const std::string meant = suggestion({name});
    throw usage_error("there is no command \"" + name + '"' +
                      (meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
}

std::string Grammar::man_page() const {
    std::ostringstream out;
    out << ".TH CONFCAST 1 \"\" \"confcast " CONFCAST_VERSION
           "\"\n.SH NAME\nconfcast \\- read, write and watch settings\n"
           ".SH SYNOPSIS\n.B confcast\n.I COMMAND\n[\\fIWORDS\\fR] [\\fIFLAGS\\fR]\n.SH COMMANDS\n";
    const auto flags = [&out](const std::vector<Flag>& list) {
        for (const Flag& flag : list)
            out << ".TP\n\\fB" << roff(flag.names) << "\\fR"
                << (flag.type.empty() ? "" : " \\fI" + roff(flag.type) + "\\fR") << '\n'
                << roff(flag.text) << '\n';
    };
    for (const Row& row : rows()) {
        out << ".SS " << roff(row.synopsis) << '\n'
            << roff(row.text.summary) << ".\n.PP\n"
            << roff(row.text.details) << '\n';
        flags(row.flags);
        out << ".PP\n.nf\n" << roff(row.text.example) << "\n.fi\n";
    }
    out << ".SH OPTIONS\n";
    flags(global_flags());
    out << ".SH ENVIRONMENT\n" << roff(environment_text) << "\n.SH \"EXIT STATUS\"\n" << roff(exit_text) << '\n';
    return out.str();
}

std::string Grammar::suggestion(const std::vector<std::string>& words) const {
    std::vector<std::string> names;
    const CLI::App* command = nullptr;
    for (std::size_t i = 0; i < parsers_.size(); ++i) {
        if (!commands_[i]->text().hidden) names.emplace_back(commands_[i]->text().name);
        if (!words.empty() && words.front() == commands_[i]->text().name) command = parsers_[i];
    }
    if (command == nullptr) return words.empty() ? "" : closest(words.front(), names);
    std::vector<std::string> flags;
    for (const CLI::App* app : {command, &app_})
        for (const CLI::Option* option : app->get_options())
            for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& word : words) {
        const std::string flag = word.substr(0, word.find('='));
        if (flag.starts_with("--") && std::ranges::find(flags, flag) == flags.end()) return closest(flag, flags);
    }
    return "";
}

Commands make_commands() {
    Commands all;
    all.push_back(make_get());
    all.push_back(make_put());
    all.push_back(make_del());
    all.push_back(make_ls());
    all.push_back(make_watch());
    all.push_back(make_txn());
    all.push_back(make_diff());
    all.push_back(make_export());
    all.push_back(make_import());
    all.push_back(make_apply());
    all.push_back(make_backup());
    all.push_back(make_render());
    all.push_back(make_notify());
    all.push_back(make_bench());
    all.push_back(make_verify());
    all.push_back(make_clients());
    all.push_back(make_token());
    all.push_back(make_audit());
    all.push_back(make_check());
    all.push_back(make_context());
    all.push_back(make_completion());
    all.push_back(make_version());
    all.push_back(make_keys());
    all.push_back(make_man());
    return all;
}

}  // namespace confcast::cli
