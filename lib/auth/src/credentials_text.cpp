#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <initializer_list>
#include <set>
#include <utility>

#include "confcast/auth/credentials_file.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/json/parse.hpp"
#include "digest.hpp"
#include "time_text.hpp"

namespace confcast::auth {
namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 8;
constexpr std::string_view hash_prefix = "sha256:";
constexpr std::size_t hash_digits = 64;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

Error bad(const std::string& pointer, std::string_view rule) {
    return Error(Errc::invalid_parameter)
        .with("parameter", "credentials")
        .with("pointer", pointer)
        .with("reason", (pointer.empty() ? "the document" : pointer) + ": " + std::string(rule));
}

Error bad_json(const Error& error) {
    std::string what = error.detail("problem");
    if (error == Errc::json_too_deep) what = "it is nested too deeply";
    if (error == Errc::invalid_field)
        what = "an object has the member " + escape_invalid_utf8(error.detail("name").substr(0, 64)) + " twice";
    if (error == Errc::malformed_json) what += ", at byte " + error.detail("position");
    return bad("", what);
}

/// A member's name as it stands in a JSON pointer (RFC 6901).
std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, 64)) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return escape_invalid_utf8(out);
}

Result<const json::object*> read_object(const json::value& value, const std::string& pointer,
                                        std::initializer_list<std::string_view> known) {
    if (!value.is_object()) return bad(pointer, "it must be an object");
    for (const auto& member : value.get_object())
        if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end())
            return bad(pointer + '/' + escaped(member.key()), "there is no such member");
    return &value.get_object();
}

Result<std::string> read_text(const json::object& object, const std::string& pointer, std::string_view name) {
    const json::value* value = object.if_contains(name);
    const std::string place = pointer + '/' + std::string(name);
    if (value == nullptr) return bad(place, "it is missing");
    if (!value->is_string()) return bad(place, "it must be a string");
    return std::string(view_of(value->get_string()));
}

Result<std::string> read_name(const json::object& object, const std::string& pointer) {
    auto name = read_text(object, pointer, "name");
    if (!name) return name;
    if (const auto good = check_token_name(*name); !good) return bad(pointer + "/name", good.error().detail("reason"));
    return name;
}

Result<std::optional<SystemTime>> read_time(const json::object& object, const std::string& pointer,
                                            std::string_view name) {
    if (object.if_contains(name) == nullptr) return std::optional<SystemTime>();
    const auto text = read_text(object, pointer, name);
    if (!text) return text.error();
    const auto time = parse_time(*text);
    if (!time) return bad(pointer + '/' + std::string(name), "it is a time in UTC such as 2030-12-31T23:59:59Z");
    return time;
}

Result<Permissions> read_permissions(const json::object& object, const std::string& pointer) {
    const std::string place = pointer + "/permissions";
    const json::value* value = object.if_contains("permissions");
    if (value == nullptr) return bad(place, "it is missing");
    if (!value->is_array()) return bad(place, "it must be an array");
    std::vector<std::string> texts;
    for (const json::value& element : value->get_array()) {
        const std::string here = place + '/' + std::to_string(texts.size());
        if (!element.is_string()) return bad(here, "it must be a string");
        texts.emplace_back(view_of(element.get_string()));
        if (const auto good = Permissions::parse({&texts.back(), 1}); !good)
            return bad(here, good.error().detail("reason"));
    }
    auto all = Permissions::parse(texts);
    if (!all) return bad(place, all.error().detail("reason"));
    return all;
}

Result<Token> read_token(const json::value& value, const std::string& pointer) {
    const auto object = read_object(value, pointer, {"id", "name", "hash", "permissions", "created", "expires"});
    if (!object) return object.error();
    Token out;
    auto id = read_text(**object, pointer, "id");
    if (!id) return id.error();
    if (!is_token_id(*id)) return bad(pointer + "/id", "it has 16 lower-case hex digits");
    out.id = *std::move(id);
    auto name = read_name(**object, pointer);
    if (!name) return name.error();
    out.name = *std::move(name);
    const auto hash = read_text(**object, pointer, "hash");
    if (!hash) return hash.error();
    if (!hash->starts_with(hash_prefix) || !is_hex(std::string_view(*hash).substr(hash_prefix.size()), hash_digits))
        return bad(pointer + "/hash", "it is sha256: and 64 lower-case hex digits");
    out.hash = hash->substr(hash_prefix.size());
    auto permissions = read_permissions(**object, pointer);
    if (!permissions) return permissions.error();
    out.permissions = *std::move(permissions);
    const auto created = read_time(**object, pointer, "created");
    if (!created) return created.error();
    out.created = *created;
    const auto expires = read_time(**object, pointer, "expires");
    if (!expires) return expires.error();
    out.expires = *expires;
    return out;
}

Result<CertificateRule> read_certificate(const json::value& value, const std::string& pointer) {
    const auto object = read_object(value, pointer, {"name", "permissions"});
    if (!object) return object.error();
    auto name = read_name(**object, pointer);
    if (!name) return name.error();
    auto permissions = read_permissions(**object, pointer);
    if (!permissions) return permissions.error();
    return CertificateRule{*std::move(name), *std::move(permissions)};
}

// Reads each element, and refuses two of one `id` (tokens) or `name` (certificates).
template <class T, class Read>
Result<std::vector<T>> read_list(const json::object& document, std::string_view name, Read read,
                                 std::string T::* unique, std::string_view unique_name) {
    std::vector<T> out;
    const json::value* value = document.if_contains(name);
    if (value == nullptr) return out;
    const std::string pointer = '/' + std::string(name);
    if (!value->is_array()) return bad(pointer, "it must be an array");
    std::set<std::string> seen;
    for (const json::value& element : value->get_array()) {
        const std::string here = pointer + '/' + std::to_string(out.size());
        auto one = read(element, here);
        if (!one) return one.error();
        if (!seen.insert((*one).*unique).second)
            return bad(here + '/' + std::string(unique_name), "an earlier one has the same");
        out.push_back(*std::move(one));
    }
    return out;
}

json::array texts_of(const Permissions& permissions) {
    json::array out;
    for (const std::string& text : permissions.texts()) out.emplace_back(text);
    return out;
}

// One credential a line: a list of tokens is read, searched and compared by lines.
std::string lines(const json::array& elements) {
    std::string out = "[";
    for (std::size_t i = 0; i < elements.size(); ++i)
        out += (i == 0 ? "\n    " : ",\n    ") + json::serialize(elements[i]);
    return out + (elements.empty() ? "]" : "\n  ]");
}

}  // namespace

Result<Credentials> parse_credentials(std::string_view text) {
    if (text.size() > max_credentials_bytes) return bad("", "it is larger than 4 MiB");
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return bad("", "it is empty");
    const auto document = json_text::parse(text, max_depth);
    if (!document) return bad_json(document.error());
    const auto root = read_object(*document, "", {"tokens", "certificates", "anonymous"});
    if (!root) return root.error();
    Credentials out;
    auto tokens = read_list<Token>(**root, "tokens", read_token, &Token::id, "id");
    if (!tokens) return tokens.error();
    out.tokens = *std::move(tokens);
    auto certificates =
        read_list<CertificateRule>(**root, "certificates", read_certificate, &CertificateRule::name, "name");
    if (!certificates) return certificates.error();
    out.certificates = *std::move(certificates);
    if (const json::value* anonymous = (*root)->if_contains("anonymous")) {
        const auto object = read_object(*anonymous, "/anonymous", {"permissions"});
        if (!object) return object.error();
        auto permissions = read_permissions(**object, "/anonymous");
        if (!permissions) return permissions.error();
        out.anonymous = *std::move(permissions);
    }
    return out;
}

std::string format_credentials(const Credentials& credentials) {
    json::array tokens;
    for (const Token& token : credentials.tokens) {
        json::object one{{"id", token.id}, {"name", token.name}, {"hash", std::string(hash_prefix) + token.hash}};
        one["permissions"] = texts_of(token.permissions);
        if (token.created) one["created"] = format_time(*token.created);
        if (token.expires) one["expires"] = format_time(*token.expires);
        tokens.push_back(std::move(one));
    }
    std::string out = "{\n  \"tokens\": " + lines(tokens);
    if (!credentials.certificates.empty()) {
        json::array certificates;
        for (const CertificateRule& rule : credentials.certificates)
            certificates.push_back(json::object{{"name", rule.name}, {"permissions", texts_of(rule.permissions)}});
        out += ",\n  \"certificates\": " + lines(certificates);
    }
    if (credentials.anonymous)
        out +=
            ",\n  \"anonymous\": " + json::serialize(json::object{{"permissions", texts_of(*credentials.anonymous)}});
    return out + "\n}\n";
}

}  // namespace confcast::auth
