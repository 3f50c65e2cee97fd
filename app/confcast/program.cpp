#include "program.hpp"

#include <algorithm>
#include <ostream>

#include "command.hpp"
#include "confcast/base/suggest.hpp"
#include "grammar.hpp"

namespace confcast::cli {
namespace {

void complain(std::ostream& error, const std::string& message) {
    if (!message.empty()) error << "confcast: " << message << '\n';
}

/// What stands behind "--" is not ours to parse.
std::vector<std::string> take_rest(std::vector<std::string>& words) {
    const auto dashes = std::ranges::find(words, "--");
    if (dashes == words.end()) return {};
    std::vector<std::string> rest(dashes + 1, words.end());
    words.erase(dashes, words.end());
    return rest;
}

std::string mistake(const Grammar& grammar, const CLI::ParseError& problem, const std::vector<std::string>& words) {
    std::string message = problem.what();
    const std::string meant = grammar.suggestion(words);
    if (!meant.empty()) message += "; did you mean \"" + meant + "\"?";
    return message + " (`confcast help` shows all)";
}

Exit run(Grammar& grammar, std::vector<std::string> words, const Environment& environment, Terminal terminal,
         std::ostream& out, std::ostream& error) {
    const std::vector<std::string> rest = take_rest(words);
    if (words.empty() || words.front() == "help" || words.front() == "--help" || words.front() == "-h") {
        const std::string about = words.size() > 1 ? words[1] : "";
        out << grammar.help(about);
        return Exit::ok;
    }
    try {
        grammar.parse(words);
    } catch (const CLI::CallForHelp&) {
        out << grammar.help(grammar.chosen_name());
        return Exit::ok;
    } catch (const CLI::ParseError& problem) {
        throw usage_error(mistake(grammar, problem, words));
    }
    Command& command = grammar.chosen();
    if (!rest.empty()) command.set_rest(rest);
    const auto no_color = environment("NO_COLOR");
    const bool may_paint = !no_color || no_color->empty();
    Shell shell(grammar.settings(), grammar.format(), environment, Output(out, terminal.out && may_paint, terminal.out),
                Output(error, terminal.error && may_paint, terminal.error));
    return command.run(shell);
}

}  // namespace

int run_program(const std::vector<std::string>& words, const Environment& environment, Terminal terminal,
                std::ostream& out, std::ostream& error) {
    Grammar grammar;
    try {
        const Exit code = run(grammar, words, environment, terminal, out, error);
        out.flush();
        if (out) return static_cast<int>(code);
        complain(error, "standard output cannot be written");
        return static_cast<int>(Exit::failed);
    } catch (const Stop& stop) {
        out.flush();
        complain(error, stop.message);
        return static_cast<int>(stop.code);
    } catch (const std::exception& e) {
        out.flush();
        complain(error, e.what());
        return static_cast<int>(Exit::failed);
    }
}

}  // namespace confcast::cli
