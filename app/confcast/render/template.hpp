// Templates: text with settings in it (docs/render.md is the language). From text to a tree, from a tree and settings
// to text; no files, no server, no clock, nothing that a template could run.
//
// Invariant: what a template may read is known from its tree alone, so that a watch on uses_of() misses nothing.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace confcast::cli::templates {

/// Counted from 1; columns are characters.
struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
};

enum class Mistake : std::uint8_t {
    syntax,       // no text can come of this template
    missing_key,  // `key` is not there and the template has no default for it
    not_text,     // a value that cannot be a JSON string
    too_much      // a limit
};

struct Problem {
    Mistake mistake = Mistake::syntax;
    Place place{};
    std::string message{};  // one sentence
    std::string key{};      // the setting that it is about, if it is about one
};

/// "FILE:LINE:COLUMN: message".
std::string to_text(const Problem& problem, std::string_view file);
/// Called by Result::value() on a failure: a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Problem>;

struct Limits {
    std::size_t template_bytes = 1U << 20U;
    std::size_t depth = 32;  // of blocks in blocks
    std::size_t text_bytes = 64U << 20U;
    std::size_t steps = 5'000'000;  // nodes that are rendered
};

// ---- the tree

struct Node;
using Nodes = std::vector<Node>;

struct Literal {
    std::string text;
};
struct Get {
    std::string key;
    std::optional<std::string> otherwise;
};
/// The value as a JSON string.
struct Json {
    std::string key;
};
/// Of the setting that the innermost range is at.
struct Field {
    enum class Name : std::uint8_t { key, name, value };
    Name name = Name::key;
    bool as_json = false;
};
struct Condition {
    std::string key;
    std::optional<std::string> value;  // unset: the setting is there; set: it is there with that value
    bool negated = false;
};
struct Branch {
    std::optional<Condition> condition;  // unset: else
    Nodes body;
};
struct If {
    std::vector<Branch> branches;  // the first that holds
};
struct Range {
    std::string prefix;
    Nodes body;
    Nodes otherwise;  // when there is nothing under the prefix
};
struct Node {
    Place place;
    std::variant<Literal, Get, Json, Field, If, Range> what;
};

Result<Nodes> parse(std::string_view text, const Limits& limits = {});

/// What rendering may look at.
struct Uses {
    std::set<std::string> keys;
    std::set<std::string> prefixes;
    bool empty() const { return keys.empty() && prefixes.empty(); }
};
/// Adds those of a template.
void add_uses(const Nodes& nodes, Uses& uses);

/// Key -> value, ascending by bytes.
using Values = std::map<std::string, std::string, std::less<>>;

Result<std::string> render(const Nodes& nodes, const Values& values, const Limits& limits = {});

}  // namespace confcast::cli::templates
