// Settings below a prefix, as a directory of files or a file of JSON holds them, and what it takes to make the one
// like the other.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "shell.hpp"

namespace confcast::cli {

/// By key.
using Tree = std::map<std::string, std::string>;

/// Every regular file below the directory: its key is `prefix` and its path. Names that begin with '.' are left out.
/// Throws Stop.
Tree read_directory(const std::filesystem::path& directory, const std::string& prefix);
/// Of `confcast export` (JSON, or a YAML tree), of `etcdctl get --prefix -w json`, or of `consul kv export`. What the
/// keys begin with is replaced: `strip` by `prefix`. Throws Stop.
Tree read_dump(const std::string& text, const std::string& strip, const std::string& prefix);

struct Step {
    enum class Kind : std::uint8_t { create, replace, remove };
    Kind kind = Kind::create;
    std::string key;
    std::string before;
    std::string after;
    client::Revision mod_revision = 0;  // that it must still be at; 0 = it must not be there
};
using Plan = std::vector<Step>;

/// What makes `now` like `wanted`, ascending by key; without `prune` nothing is removed.
Plan make_plan(const std::vector<client::Entry>& now, const Tree& wanted, bool prune);
void print_plan(const Output& out, const Plan& plan, bool with_values);

/// One transaction for each fifty steps, each with the revisions that the plan was made from. A progress bar on the
/// error stream when it is a terminal. Throws Stop: after a conflict it says how much has been done.
void carry_out(Shell& shell, const Plan& plan, const std::string& message);

}  // namespace confcast::cli
