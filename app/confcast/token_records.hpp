// Tokens as the command `token` handles them: what the user says of one, and the operator's file of them.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace confcast::cli {

/// What flags say of a token; unset = nothing.
struct TokenWish {
    std::optional<std::string> name;
    std::vector<std::string> permissions;
    bool says_when = false;
    std::optional<std::chrono::seconds> life;  // says_when and nothing here: never ends
};

/// "90d", "12h", "5m", "30s"; "never" is nothing. Throws Stop.
std::optional<std::chrono::seconds> life_of(const std::string& word);
/// Throws Stop: a name or a permission that breaks the rules.
void check_wish(const TokenWish& wish);
/// As POST and PUT of /api/v1/tokens take it.
boost::json::object body_of(const TokenWish& wish);

// The file that `confcastd --credentials` reads. No server is needed. They throw Stop.

/// A new token in the file, as the server answers one: with its text.
boost::json::object add_to_file(const std::filesystem::path& file, const TokenWish& wish);
boost::json::array tokens_in_file(const std::filesystem::path& file);
void remove_from_file(const std::filesystem::path& file, const std::string& id);

}  // namespace confcast::cli
