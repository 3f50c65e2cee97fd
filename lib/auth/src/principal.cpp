#include "confcast/auth/principal.hpp"

namespace confcast::auth {
namespace {

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

const PrincipalPtr& everybody() {
    static const PrincipalPtr local = make_local();
    return local;
}

}  // namespace confcast::auth
