#include "confcast/auth/token.hpp"

#include <algorithm>
#include <vector>

#include "confcast/base/base64.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/store/record.hpp"
#include "digest.hpp"
#include "time_text.hpp"

namespace confcast::auth {
namespace {

constexpr std::string_view header = "confcast-token 1\n";
constexpr std::size_t id_digits = 16;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_characters = 43;
constexpr std::size_t hash_digits = 64;
constexpr std::size_t max_name_bytes = 128;

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Reads one line of the record; false for what makes it no record.
class Reader {
  public:
    bool line(std::string_view name, std::string value) {
        if (name == "name") return once(name_, std::move(value));
        if (name == "hash") return once(hash_, std::move(value));
        if (name == "created") return once(created_, std::move(value));
        if (name == "expires") return once(expires_, std::move(value));
        if (name == "permission") permissions_.push_back(std::move(value));
        return true;
    }

    std::optional<Token> token(std::string_view id) const {
        if (!name_ || !check_token_name(*name_) || !hash_ || !is_hex(*hash_, hash_digits)) return std::nullopt;
        Token out{std::string(id), *name_, *hash_, std::nullopt, std::nullopt, {}};
        if (!read_time(created_, out.created) || !read_time(expires_, out.expires)) return std::nullopt;
        auto permissions = Permissions::parse(permissions_);
        if (!permissions) return std::nullopt;
        out.permissions = *std::move(permissions);
        return out;
    }

  private:
    using Value = std::optional<std::string>;

    static bool once(Value& place, std::string value) {
        if (place) return false;
        place = std::move(value);
        return true;
    }
    static bool read_time(const Value& text, std::optional<SystemTime>& time) {
        if (!text) return true;
        time = parse_time(*text);
        return time.has_value();
    }

    Value name_, hash_, created_, expires_;
    std::vector<std::string> permissions_;
};

}  // namespace

NewToken make_token(std::string name, Permissions permissions, std::optional<SystemTime> expires, SystemTime now) {
    NewToken made;
    made.token.id = to_hex(random_bytes(id_digits / 2));
    made.token.name = std::move(name);
    made.token.created = to_milliseconds(now);
    if (expires) made.token.expires = to_milliseconds(*expires);
    made.token.permissions = std::move(permissions);
    made.text = std::string(token_prefix) + made.token.id + '_' + base64url_encode(random_bytes(secret_bytes));
    made.token.hash = hash_token_text(made.text);
    return made;
}

Result<> check_token_name(std::string_view name) {
    const auto bad = [](std::string_view reason) {
        return Error(Errc::invalid_parameter).with("parameter", "name").with("reason", reason);
    };
    if (name.empty() || name.size() > max_name_bytes) return bad("a token's name has 1 to 128 bytes");
    if (!is_valid_utf8(name)) return bad("a token's name is valid UTF-8");
    if (has_control(name)) return bad("a token's name has no control characters");
    return {};
}

bool is_token_id(std::string_view id) { return is_hex(id, id_digits); }

std::optional<std::string_view> id_of_token_text(std::string_view text) {
    if (text.size() != token_prefix.size() + id_digits + 1 + secret_characters) return std::nullopt;
    if (!text.starts_with(token_prefix)) return std::nullopt;
    const std::string_view id = text.substr(token_prefix.size(), id_digits);
    const std::string_view secret = text.substr(token_prefix.size() + id_digits);
    if (!is_token_id(id) || secret.front() != '_') return std::nullopt;
    if (secret.substr(1).find_first_not_of(url_alphabet) != std::string_view::npos) return std::nullopt;
    return id;
}

std::string hash_token_text(std::string_view text) { return sha256_hex(text); }

std::string encode_token(const Token& token) {
    std::string out(header);
    store::append_line(out, "name", token.name);
    store::append_line(out, "hash", token.hash);
    if (token.created) store::append_line(out, "created", format_time(*token.created));
    if (token.expires) store::append_line(out, "expires", format_time(*token.expires));
    for (const std::string& text : token.permissions.texts()) store::append_line(out, "permission", text);
    return out;
}

std::optional<Token> decode_token(std::string_view id, std::string_view bytes) {
    if (!is_token_id(id)) return std::nullopt;
    Reader reader;
    const auto visit = [&](std::string_view name, std::string value) { return reader.line(name, std::move(value)); };
    if (!store::read_record(bytes, header, visit)) return std::nullopt;
    return reader.token(id);
}

}  // namespace confcast::auth
