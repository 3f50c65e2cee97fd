#include "confcast/auth/principal.hpp"

#include <vector>

#include "confcast/store/record.hpp"
#include "time_text.hpp"

namespace confcast::auth {
namespace {

constexpr std::string_view header = "confcast-principal 1\n";

/// Those that come with a credential, or without: `local` is whoever comes where nobody is asked.
std::optional<Principal::Kind> kind_of(std::string_view name) {
    using enum Principal::Kind;
    for (const Principal::Kind kind : {anonymous, token, jwt, certificate})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

PrincipalPtr make_local() {
    auto local = std::make_shared<Principal>();
    local->kind = Principal::Kind::local;
    local->id = local->name = "local";
    local->permissions = Permissions::all();
    return local;
}

}  // namespace

std::string_view name_of(Principal::Kind kind) {
    switch (kind) {
        case Principal::Kind::anonymous:
            return "anonymous";
        case Principal::Kind::token:
            return "token";
        case Principal::Kind::jwt:
            return "jwt";
        case Principal::Kind::certificate:
            return "certificate";
        case Principal::Kind::local:
            return "local";
    }
    return "?";
}

std::string encode_principal(const Principal& principal) {
    std::string out(header);
    store::append_line(out, "kind", name_of(principal.kind));
    store::append_line(out, "id", principal.id);
    store::append_line(out, "name", principal.name);
    if (principal.expires) store::append_line(out, "expires", format_time(*principal.expires));
    store::append_line(out, "proof", principal.proof);
    for (const std::string& text : principal.permissions.texts()) store::append_line(out, "permission", text);
    return out;
}

PrincipalPtr decode_principal(std::string_view bytes) {
    auto out = std::make_shared<Principal>();
    std::optional<Principal::Kind> kind;
    std::vector<std::string> permissions;
    const bool good = store::read_record(bytes, header, [&](std::string_view name, std::string value) {
        if (name == "kind") {
            if (kind) return false;
            kind = kind_of(value);
            return kind.has_value();
        }
        if (name == "id") {
            out->id = std::move(value);
        } else if (name == "name") {
            out->name = std::move(value);
        } else if (name == "expires") {
            out->expires = parse_time(value);
            return out->expires.has_value();
        } else if (name == "proof") {
            out->proof = std::move(value);
        } else if (name == "permission") {
            permissions.push_back(std::move(value));
        } else {
            return false;  // closed, not half open
        }
        return true;
    });
    if (!good || !kind || out->id.empty()) return nullptr;
    out->kind = *kind;
    const Result<Permissions> parsed = Permissions::parse(permissions);
    if (!parsed) return nullptr;
    out->permissions = *parsed;
    return out;
}

const PrincipalPtr& everybody() {
    static const PrincipalPtr local = make_local();
    return local;
}

}  // namespace confcast::auth
