// One row of the table that the parser, the help, the man page and the completions are made from.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "shell.hpp"

namespace confcast::cli {

struct CommandText {
    std::string_view name;
    std::string_view summary;  // one line, no full stop
    std::string_view details;  // paragraphs
    std::string_view example;  // command lines, one a line
    bool takes_keys = false;   // its words are keys: completed by asking the server
    bool hidden = false;
};

class Command {
  public:
    virtual ~Command() = default;
    virtual CommandText text() const = 0;
    /// Adds the command's own flags and words.
    virtual void define(CLI::App& app) = 0;
    /// What stood behind "--". Throws Stop when the command takes none.
    virtual void set_rest(const std::vector<std::string>& rest);
    /// Throws Stop.
    virtual Exit run(Shell& shell) = 0;
};

using Commands = std::vector<std::unique_ptr<Command>>;

/// All, in the order in which the help shows them.
Commands make_commands();

std::unique_ptr<Command> make_get();
std::unique_ptr<Command> make_put();
std::unique_ptr<Command> make_del();
std::unique_ptr<Command> make_ls();
std::unique_ptr<Command> make_watch();
std::unique_ptr<Command> make_txn();
std::unique_ptr<Command> make_diff();
std::unique_ptr<Command> make_export();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_apply();
std::unique_ptr<Command> make_backup();
std::unique_ptr<Command> make_render();
std::unique_ptr<Command> make_notify();
std::unique_ptr<Command> make_bench();
std::unique_ptr<Command> make_verify();
std::unique_ptr<Command> make_clients();
std::unique_ptr<Command> make_token();
std::unique_ptr<Command> make_audit();
std::unique_ptr<Command> make_check();
std::unique_ptr<Command> make_context();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_keys();  // hidden: what completions ask
std::unique_ptr<Command> make_man();   // hidden: the man page
std::unique_ptr<Command> make_version();

}  // namespace confcast::cli
