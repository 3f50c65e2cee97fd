#include "token_records.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include "confcast/auth/credentials_file.hpp"
#include "confcast/auth/token.hpp"
#include "output.hpp"
#include "stop.hpp"

namespace confcast::cli {
namespace json = boost::json;

namespace {

constexpr std::int64_t longest_life_s = 10LL * 366 * 24 * 3600;

auth::Permissions permissions_of(const TokenWish& wish) {
    auto permissions = auth::Permissions::parse(wish.permissions);
    if (permissions) return std::move(*permissions);
    const std::string which = permissions.error().detail("permission");
    throw usage_error("--allow " + (which.empty() ? std::string() : '"' + one_line(which) + "\": ") +
                      permissions.error().detail("reason"));
}

json::array texts_of(const auth::Permissions& permissions) {
    const std::vector<std::string> texts = permissions.texts();
    return json::array(texts.begin(), texts.end());
}

std::string instant(SystemTime at) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
    std::string digits = std::to_string(1000 + millis);
    digits.front() = '.';
    return std::string(text.data(), size) + digits + 'Z';
}

json::object shown(const auth::Token& token) {
    json::object out{
        {"id", token.id}, {"name", token.name}, {"permissions", texts_of(token.permissions)}, {"source", "file"}};
    if (token.created) out["created_at"] = instant(*token.created);
    if (token.expires) out["expires_at"] = instant(*token.expires);
    return out;
}

}  // namespace

std::optional<std::chrono::seconds> life_of(const std::string& word) {
    if (word == "never") return std::nullopt;
    struct Unit {
        char letter;
        std::int64_t seconds;
    };
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), count);
    if (ec == std::errc{} && end == word.data() + word.size() - 1 && count > 0)
        for (const Unit& unit : {Unit{'s', 1}, Unit{'m', 60}, Unit{'h', 3600}, Unit{'d', 86'400}})
            if (*end == unit.letter && count <= longest_life_s / unit.seconds)
                return std::chrono::seconds{count * unit.seconds};
    throw usage_error("--expires takes never or a time such as 90d, 12h or 30m, at most ten years, not \"" +
                      one_line(word) + '"');
}

void check_wish(const TokenWish& wish) {
    if (wish.name)
        if (const auto good = auth::check_token_name(*wish.name); !good)
            throw usage_error("the name: " + good.error().detail("reason"));
    if (!wish.permissions.empty()) permissions_of(wish);
}

json::object body_of(const TokenWish& wish) {
    json::object body;
    if (wish.name) body["name"] = *wish.name;
    if (!wish.permissions.empty()) body["permissions"] = texts_of(permissions_of(wish));
    if (wish.says_when) body["expires_in"] = wish.life ? json::value(wish.life->count()) : json::value(nullptr);
    return body;
}

json::object add_to_file(const std::filesystem::path& file, const TokenWish& wish) {
    const SystemTime now = std::chrono::system_clock::now();
    std::optional<SystemTime> expires;
    if (wish.life) expires = std::chrono::floor<std::chrono::milliseconds>(now) + *wish.life;
    const auth::NewToken made = auth::make_token(wish.name.value_or(""), permissions_of(wish), expires, now);
    if (const auto added = auth::add_token(file, made.token); !added)
        throw Stop{Exit::failed, added.error().detail("reason")};
    json::object out = shown(made.token);
    out["token"] = made.text;
    return out;
}

json::array tokens_in_file(const std::filesystem::path& file) {
    const auto credentials = auth::load_credentials(file);
    if (!credentials) throw Stop{Exit::failed, credentials.error().detail("reason")};
    json::array all;
    for (const auth::Token& token : credentials->tokens) all.push_back(shown(token));
    return all;
}

void remove_from_file(const std::filesystem::path& file, const std::string& id) {
    const auto removed = auth::remove_token(file, id);
    if (removed) return;
    const bool unknown = removed.error().detail("parameter") == "id";
    throw Stop{unknown ? Exit::not_found : Exit::failed, removed.error().detail("reason")};
}

}  // namespace confcast::cli
