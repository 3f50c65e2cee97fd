#include "confcast/auth/principal.hpp"

#include <gtest/gtest.h>

namespace confcast::auth {
namespace {

TEST(Principal, IsTheSameForAnotherNode) {
    Principal principal;
    principal.kind = Principal::Kind::jwt;
    principal.id = "jwt:https%3A//issuer:me";
    principal.name = "me\n100 %";
    principal.permissions = *Permissions::parse(std::vector<std::string>{"read:app/**", "admin"});
    principal.expires = SystemTime{std::chrono::milliseconds{1'800'000'000'500}};
    principal.proof = "0123:issuer audience";
    const PrincipalPtr same = decode_principal(encode_principal(principal));
    ASSERT_NE(same, nullptr);
    EXPECT_EQ(same->kind, principal.kind);
    EXPECT_EQ(same->id, principal.id);
    EXPECT_EQ(same->name, principal.name);
    EXPECT_EQ(same->permissions, principal.permissions);
    EXPECT_EQ(same->expires, principal.expires);
    EXPECT_EQ(same->proof, principal.proof);
}

TEST(Principal, LocalIsForNoOtherNode) { EXPECT_EQ(decode_principal(encode_principal(*everybody())), nullptr); }

}  // namespace
}  // namespace confcast::auth
