// Settings as a YAML tree: each segment of a key is a level, each scalar a value.
//   app:
//     port: "8080"
//     eu/db: …          a name may have slashes: where a key is also the beginning of others
#pragma once

#include <string>
#include <string_view>

#include "tree.hpp"

namespace confcast::cli {

/// A value that is not text to YAML is `!!binary`.
std::string write_yaml_tree(const Tree& tree);
/// The same back: a scalar is its text, whatever it looks like. Throws Stop (invalid content) with the line: no
/// mapping, a list, two documents, nested deeper than 64, more than 100,000 settings.
Tree read_yaml_tree(const std::string& text);

}  // namespace confcast::cli
