// Completion scripts and the man page, made from the table of commands.
#include <ostream>

#include "command.hpp"
#include "grammar.hpp"

namespace confcast::cli {
namespace {

std::vector<std::string> names_of(const Grammar::Flag& flag) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= flag.names.size();) {
        const std::size_t end = std::min(flag.names.find(',', at), flag.names.size());
        names.push_back(flag.names.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

std::string words_of(const std::vector<Grammar::Flag>& flags) {
    std::string out;
    for (const Grammar::Flag& flag : flags)
        for (const std::string& name : names_of(flag)) out += (out.empty() ? "" : " ") + name;
    return out;
}

void bash(std::ostream& out, const Grammar& grammar) {
    std::string names = "help";
    for (const auto& row : grammar.rows()) names += ' ' + std::string(row.text.name);
    out << "# bash completion of confcast; source it, or put it into /etc/bash_completion.d\n"
           "_confcast() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]} command= i flags= keys=\n"
           "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
           "  done\n"
           "  case $command in\n"
           "    '') COMPREPLY=($(compgen -W '"
        << names
        << "' -- \"$word\")); return ;;\n"
           "    help) COMPREPLY=($(compgen -W '"
        << names << "' -- \"$word\")); return ;;\n";
    for (const auto& row : grammar.rows())
        out << "    " << row.text.name << ") flags='" << words_of(row.flags)
            << "' keys=" << (row.text.takes_keys ? "1" : "")
            << (row.text.name == "completion"
                    ? "; [[ $word == -* ]] || { COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")); return; }"
                    : "")
            << " ;;\n";
    out << "  esac\n"
           "  case $word in\n"
           "    -*) COMPREPLY=($(compgen -W \"$flags "
        << words_of(Grammar::global_flags())
        << "\" -- \"$word\")) ;;\n"
           "    *) if [ -n \"$keys\" ]; then\n"
           "         local IFS=$'\\n'\n"
           "         COMPREPLY=($(confcast __keys \"$word\" 2>/dev/null))\n"
           "         [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace\n"
           "       fi ;;\n"
           "  esac\n"
           "}\n"
           "complete -F _confcast confcast\n";
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out + '\'';
}

void zsh(std::ostream& out, const Grammar& grammar) {
    out << "#compdef confcast\n"
           "# zsh completion of confcast; name it _confcast in a directory of $fpath\n"
           "_confcast() {\n"
           "  local -a commands flags\n"
           "  commands=(";
    for (const auto& row : grammar.rows())
        out << "\n    " << quoted(std::string(row.text.name) + ':' + std::string(row.text.summary));
    out << "\n    'help:Show help'\n  )\n"
           "  local command= word\n"
           "  for word in ${words[2,$((CURRENT - 1))]}; do\n"
           "    [[ $word == -* ]] || { command=$word; break }\n"
           "  done\n"
           "  if [[ -z $command || $command == help ]]; then _describe command commands; return; fi\n"
           "  local keys=\n"
           "  case $command in\n";
    for (const auto& row : grammar.rows())
        out << "    " << row.text.name << ") flags=(" << words_of(row.flags)
            << ") keys=" << (row.text.takes_keys ? "1" : "") << " ;;\n";
    out << "  esac\n"
           "  flags+=("
        << words_of(Grammar::global_flags())
        << ")\n"
           "  if [[ ${words[CURRENT]} == -* ]]; then compadd -- $flags\n"
           "  elif [[ $command == completion ]]; then compadd bash zsh fish\n"
           "  elif [[ -n $keys ]]; then\n"
           "    local -a found\n"
           "    found=(${(f)\"$(confcast __keys \"${words[CURRENT]}\" 2>/dev/null)\"})\n"
           "    compadd -S '' -- $found\n"
           "  else _files\n"
           "  fi\n"
           "}\n"
           "if [[ $funcstack[1] == _confcast ]]; then _confcast \"$@\"; else compdef _confcast confcast; fi\n";
}

void fish(std::ostream& out, const Grammar& grammar) {
    out << "# fish completion of confcast; put it into ~/.config/fish/completions/confcast.fish\n"
           "complete -c confcast -f\n";
    const auto flags = [&out](const std::vector<Grammar::Flag>& list, const std::string& condition) {
        for (const Grammar::Flag& flag : list) {
            out << "complete -c confcast" << condition;
            for (const std::string& name : names_of(flag))
                out << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
            if (!flag.type.empty()) out << " -r";
            out << " -d " << quoted(flag.text) << '\n';
        }
    };
    for (const auto& row : grammar.rows()) {
        out << "complete -c confcast -n __fish_use_subcommand -a " << row.text.name << " -d "
            << quoted(row.text.summary) << '\n';
        const std::string condition = " -n '__fish_seen_subcommand_from " + std::string(row.text.name) + "'";
        flags(row.flags, condition);
        if (row.text.takes_keys)
            out << "complete -c confcast" << condition << " -a '(confcast __keys (commandline -ct) 2>/dev/null)'\n";
        if (row.text.name == "completion") out << "complete -c confcast" << condition << " -a 'bash zsh fish'\n";
    }
    flags(Grammar::global_flags(), "");
}

class Completion final : public Command {
  public:
    CommandText text() const override {
        return {"completion", "Print the completion script of a shell",
                "For bash, zsh or fish. Keys are completed by asking the server.",
                "source <(confcast completion bash)"};
    }
    void define(CLI::App& app) override { app.add_option("SHELL", shell_, "bash, zsh or fish")->required(); }
    Exit run(Shell& shell) override {
        const Grammar grammar;
        if (shell_ == "bash")
            bash(shell.out().stream(), grammar);
        else if (shell_ == "zsh")
            zsh(shell.out().stream(), grammar);
        else if (shell_ == "fish")
            fish(shell.out().stream(), grammar);
        else
            throw usage_error("there is no completion for \"" + shell_ + "\": bash, zsh or fish");
        return Exit::ok;
    }

  private:
    std::string shell_;
};

// The next segments below what is written so far: a completion should not show ten thousand keys.
class Keys final : public Command {
  public:
    CommandText text() const override { return {"__keys", "", "", "", false, true}; }
    void define(CLI::App& app) override { app.add_option("PREFIX", prefix_); }
    Exit run(Shell& shell) override {
        client::ListOptions options;
        options.meta_only = true;
        const auto page = shell.wait(shell.client().list_page(prefix_, "", options));
        std::string last;
        for (const client::Entry& entry : page.entries) {
            const std::size_t slash = entry.key.find('/', prefix_.size());
            const std::string shown = entry.key.substr(0, slash == std::string::npos ? slash : slash + 1);
            if (shown != last) shell.out().stream() << shown << '\n';
            last = shown;
        }
        return Exit::ok;
    }

  private:
    std::string prefix_;
};

class Man final : public Command {
  public:
    CommandText text() const override { return {"__man", "", "", "", false, true}; }
    void define(CLI::App&) override {}
    Exit run(Shell& shell) override {
        shell.out().stream() << Grammar().man_page();
        return Exit::ok;
    }
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<Completion>(); }
std::unique_ptr<Command> make_keys() { return std::make_unique<Keys>(); }
std::unique_ptr<Command> make_man() { return std::make_unique<Man>(); }

}  // namespace confcast::cli
