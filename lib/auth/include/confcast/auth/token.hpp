// API tokens. The text is shown once: "confcast_" + id (16 lower-case hex digits) + "_" + secret (43 characters, the
// base64url of 32 random bytes). What is kept is SHA-256 of the whole text. A slow hash would add nothing: those are
// for what people choose, and 256 random bits cannot be guessed however fast a guess is checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "confcast/auth/permissions.hpp"
#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"

namespace confcast::auth {

/// What is known of a token. Times have millisecond precision.
struct Token {
    std::string id;    // 16 lower-case hex digits
    std::string name;  // check_token_name
    std::string hash;  // 64 lower-case hex digits
    std::optional<SystemTime> created, expires;
    Permissions permissions;
    friend bool operator==(const Token&, const Token&) = default;
};

struct NewToken {
    Token token;
    std::string text;  // for its owner, and never again
};

/// Precondition: check_token_name(name). Throws std::runtime_error when the system has no random bytes.
NewToken make_token(std::string name, Permissions permissions, std::optional<SystemTime> expires, SystemTime now);

/// 1..128 bytes of UTF-8 without control characters; else invalid_parameter ("parameter" = "name", "reason").
Result<> check_token_name(std::string_view name);
/// 16 lower-case hex digits.
bool is_token_id(std::string_view id);

/// What every token's text begins with.
inline constexpr std::string_view token_prefix = "confcast_";
/// The id in a token's text; nullopt when it is not the text of a token (whether there is such a token or not).
std::optional<std::string_view> id_of_token_text(std::string_view text);
/// What is kept of a text: 64 lower-case hex digits.
std::string hash_token_text(std::string_view text);

/// The record in the store, which is the key's last segment and these bytes: text, as store/record.hpp has it.
std::string encode_token(const Token& token);
/// nullopt when it is no such record, or one that says something twice or what is not understood: closed, not half
/// open. Lines of unknown names are ignored.
std::optional<Token> decode_token(std::string_view id, std::string_view bytes);

}  // namespace confcast::auth
