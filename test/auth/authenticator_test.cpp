#include "confcast/auth/authenticator.hpp"

#include <gtest/gtest.h>

#include "signer.hpp"

namespace confcast::auth {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the tests' own words

Permissions made(const std::vector<std::string>& texts) { return *Permissions::parse(texts); }
NewToken a_token(std::optional<SystemTime> expires = std::nullopt) {
    return make_token("ci", made({"read:app/**"}), expires, at(now_s));
}
std::shared_ptr<const JwtVerifier> verifier(const std::string& keys, JwtOptions options = {}) {
    return std::make_shared<const JwtVerifier>(keys_of(keys), std::move(options));
}
Credentials credentials(std::vector<Token> tokens = {}) {
    Credentials out;
    out.tokens = std::move(tokens);
    return out;
}

class AuthenticatorTest : public testing::Test {
  protected:
    std::string bearer_refusal(std::string_view text, std::int64_t s = now_s) {
        return reason_of(who_.bearer(text, at(s)));
    }
    /// Whether the same object comes back.
    bool stays(const PrincipalPtr& then, std::int64_t s = now_s) {
        const auto now = who_.current(*then, at(s));
        return now && *now == then;
    }
    std::string current_refusal(const PrincipalPtr& then, std::int64_t s = now_s) {
        return reason_of(who_.current(*then, at(s)));
    }
    Authenticator who_;
};

TEST_F(AuthenticatorTest, LetsNobodyInByDefault) {
    EXPECT_EQ(reason_of(who_.anonymous()), "missing");
    EXPECT_EQ(reason_of(who_.certificate("edge")), "invalid");
    EXPECT_EQ(bearer_refusal(a_token().text), "invalid");
    EXPECT_EQ(bearer_refusal(hs256(claims())), "unsupported");
    EXPECT_EQ(bearer_refusal(""), "malformed");
    EXPECT_EQ(bearer_refusal("secret"), "malformed");
    EXPECT_EQ(bearer_refusal("confcast_"), "malformed");
    EXPECT_EQ(bearer_refusal("confcast_a.b.c"), "malformed");
    EXPECT_FALSE(who_.takes_jwt());
    EXPECT_FALSE(who_.takes_anonymous());
}

TEST_F(AuthenticatorTest, KnowsACredentialByItsForm) {
    const NewToken token = a_token();
    who_.set_credentials(credentials({token.token}));
    who_.set_jwt(verifier(secret()));
    EXPECT_EQ((*who_.bearer(token.text, at(now_s)))->kind, Principal::Kind::token);
    EXPECT_EQ((*who_.bearer(hs256(claims()), at(now_s)))->kind, Principal::Kind::jwt);
    EXPECT_EQ(bearer_refusal("a.b.c"), "malformed");
    EXPECT_EQ(bearer_refusal(std::string(100'000, '.')), "malformed");
}

TEST_F(AuthenticatorTest, KeepsATokensObjectUntilTheTokenChanges) {
    const NewToken token = a_token();
    who_.put_token(token.token, 5);
    const PrincipalPtr then = *who_.bearer(token.text, at(now_s));
    EXPECT_EQ(then->changed, 5);
    EXPECT_TRUE(stays(then));
    who_.put_token(a_token().token, 6);  // another's
    who_.set_credentials(credentials({a_token().token}));
    who_.set_jwt(nullptr);
    EXPECT_TRUE(stays(then));

    Token changed = token.token;
    changed.permissions = made({"read:**"});
    who_.put_token(changed, 7);
    const auto now = who_.current(*then, at(now_s));
    ASSERT_TRUE(now);
    EXPECT_NE(*now, then);
    EXPECT_EQ((*now)->changed, 7);
    EXPECT_TRUE((*now)->permissions.reads_all());
    EXPECT_FALSE(then->permissions.reads_all());
    EXPECT_TRUE(stays(*now));
}

TEST_F(AuthenticatorTest, RevokesAToken) {
    const NewToken token = a_token();
    who_.put_token(token.token, 5);
    const PrincipalPtr then = *who_.bearer(token.text, at(now_s));
    who_.erase_token(token.token.id);
    EXPECT_EQ(current_refusal(then), "revoked");
    EXPECT_EQ(bearer_refusal(token.text), "invalid");
    who_.put_token(token.token, 8);
    EXPECT_EQ((*who_.current(*then, at(now_s)))->changed, 8);
    who_.clear_stored();
    EXPECT_EQ(current_refusal(then), "revoked");
}

// The id is the same, the secret is a new one: who came by the old one is out.
TEST_F(AuthenticatorTest, RevokesATokenWhoseSecretIsAnother) {
    const NewToken token = a_token();
    who_.put_token(token.token, 5);
    const PrincipalPtr then = *who_.bearer(token.text, at(now_s));
    Token other = token.token;
    other.hash = std::string(64, 'b');
    who_.put_token(other, 6);
    EXPECT_EQ(current_refusal(then), "revoked");
}

TEST_F(AuthenticatorTest, EndsATokenAtItsExpiryAndFollowsANewOne) {
    const NewToken token = a_token(at(now_s + 10));
    who_.put_token(token.token, 5);
    const PrincipalPtr then = *who_.bearer(token.text, at(now_s));
    EXPECT_EQ(then->expires, at(now_s + 10));
    EXPECT_TRUE(stays(then, now_s + 9));
    EXPECT_EQ(current_refusal(then, now_s + 10), "expired");
    EXPECT_EQ(bearer_refusal(token.text, now_s + 10), "expired");
    Token longer = token.token;
    longer.expires = at(now_s + 20);
    who_.put_token(longer, 6);
    EXPECT_EQ((*who_.current(*then, at(now_s + 10)))->expires, at(now_s + 20));
}

TEST_F(AuthenticatorTest, KnowsCertificatesByName) {
    Credentials file;
    file.certificates = {{"edge-1", made({"read:**"})}, {"edge-2", {}}};
    who_.set_credentials(file);
    const auto edge = who_.certificate("edge-1");
    ASSERT_TRUE(edge);
    EXPECT_EQ((*edge)->kind, Principal::Kind::certificate);
    EXPECT_EQ((*edge)->id, "certificate:edge-1");
    EXPECT_EQ((*edge)->name, "edge-1");
    for (const char* other : {"", "edge", "edge-3", "EDGE-1", "edge-1 "})
        EXPECT_EQ(reason_of(who_.certificate(other)), "invalid") << other;
    who_.set_credentials(file);
    EXPECT_TRUE(stays(*edge));
    EXPECT_EQ(*who_.certificate("edge-1"), *edge);
    file.certificates[0].permissions = made({"read:a"});
    who_.set_credentials(file);
    EXPECT_EQ((*who_.current(**edge, at(now_s)))->permissions, made({"read:a"}));
    file.certificates.erase(file.certificates.begin());
    who_.set_credentials(file);
    EXPECT_EQ(current_refusal(*edge), "revoked");
}

TEST_F(AuthenticatorTest, LetsAnybodyInWhereThatIsSaid) {
    Credentials file;
    file.anonymous = made({"read:public/**"});
    who_.set_credentials(file);
    const PrincipalPtr then = *who_.anonymous();
    EXPECT_EQ(then->kind, Principal::Kind::anonymous);
    EXPECT_EQ(then->id, "anonymous");
    who_.set_credentials(file);
    EXPECT_TRUE(stays(then));
    file.anonymous = made({"read:**"});
    who_.set_credentials(file);
    EXPECT_TRUE((*who_.current(*then, at(now_s)))->permissions.reads_all());
    who_.set_credentials({});
    EXPECT_EQ(current_refusal(then), "revoked");
    EXPECT_EQ(reason_of(who_.anonymous()), "missing");
}

TEST_F(AuthenticatorTest, LeavesTheLocalOneAlone) {
    EXPECT_EQ(everybody()->kind, Principal::Kind::local);
    EXPECT_EQ(everybody()->name, "local");
    EXPECT_EQ(everybody()->permissions, Permissions::all());
    EXPECT_TRUE(stays(everybody()));
}

TEST_F(AuthenticatorTest, KeepsAJwtsObjectWhileItsKeyStays) {
    who_.set_jwt(verifier(rsa_key().public_pem()));
    const std::string token = rs256(claims(R"(,"confcast":["read:app/**"])"));
    const PrincipalPtr then = *who_.bearer(token, at(now_s));
    EXPECT_TRUE(stays(then));
    EXPECT_EQ(*who_.bearer(token, at(now_s)), then);
    // Rotated: both keys, then the new one alone.
    who_.set_jwt(verifier(R"({"keys":[)" + rsa_key().jwk(R"(,"kid":"old")") + ',' + ec_key().jwk() + "]}"));
    EXPECT_TRUE(stays(then));
    who_.set_jwt(verifier(ec_key().public_pem()));
    EXPECT_EQ(current_refusal(then), "revoked");
    EXPECT_EQ(bearer_refusal(token), "invalid");
    who_.set_jwt(nullptr);
    EXPECT_EQ(current_refusal(then), "revoked");
    EXPECT_EQ(bearer_refusal(token), "unsupported");
}

TEST_F(AuthenticatorTest, RevokesAJwtWhenMoreIsDemanded) {
    who_.set_jwt(verifier(secret()));
    const PrincipalPtr then = *who_.bearer(hs256(claims()), at(now_s));
    JwtOptions options;
    options.issuer = "me";
    who_.set_jwt(verifier(secret(), options));
    EXPECT_EQ(current_refusal(then), "revoked");
}

TEST_F(AuthenticatorTest, EndsAJwtAtItsExpiryRememberedOrNot) {
    who_.set_jwt(verifier(secret()));
    const std::string token = hs256(claims());
    const PrincipalPtr then = *who_.bearer(token, at(now_s));
    EXPECT_EQ(then->expires, at(now_s + 660));
    EXPECT_EQ(who_.remembered_jwts(), 1U);
    EXPECT_TRUE(stays(then, now_s + 659));
    EXPECT_EQ(bearer_refusal(token, now_s + 659), "");
    EXPECT_EQ(bearer_refusal(token, now_s + 660), "expired");
    EXPECT_EQ(current_refusal(then, now_s + 660), "expired");
    EXPECT_EQ(who_.remembered_jwts(), 0U);
    EXPECT_EQ(bearer_refusal(token, now_s + 660), "expired");
}

TEST_F(AuthenticatorTest, RemembersOnlyGoodJwtsAndNotTooMany) {
    who_.set_jwt(verifier(secret()));
    for (int i = 0; i < 10; ++i) {
        std::string bad = hs256(claims(R"(,"n":)" + std::to_string(i)));
        bad[bad.size() - 5] = bad[bad.size() - 5] == 'A' ? 'B' : 'A';
        EXPECT_EQ(bearer_refusal(bad), "invalid");
    }
    EXPECT_EQ(who_.remembered_jwts(), 0U);
    const std::string used = hs256(claims());
    const PrincipalPtr first = *who_.bearer(used, at(now_s));
    for (std::size_t i = 0; i < Authenticator::max_remembered_jwts + 50; ++i) {
        ASSERT_EQ(bearer_refusal(hs256(claims(R"(,"n":)" + std::to_string(i)))), "");
        if (i % 100 == 0) ASSERT_EQ(*who_.bearer(used, at(now_s)), first);  // used now and then, it stays
    }
    EXPECT_EQ(who_.remembered_jwts(), Authenticator::max_remembered_jwts);
    who_.set_jwt(verifier(secret()));
    EXPECT_EQ(who_.remembered_jwts(), 0U);
    EXPECT_NE(*who_.bearer(used, at(now_s)), first);
}

TEST_F(AuthenticatorTest, CountsItsGenerations) {
    std::uint64_t before = who_.generation();
    const auto grew = [&] { return std::exchange(before, who_.generation()) < who_.generation(); };
    const NewToken token = a_token();
    who_.set_credentials({});
    EXPECT_TRUE(grew());
    who_.set_jwt(nullptr);
    EXPECT_TRUE(grew());
    who_.put_token(token.token, 1);
    EXPECT_TRUE(grew());
    who_.erase_token(token.token.id);
    EXPECT_TRUE(grew());
    who_.clear_stored();
    EXPECT_TRUE(grew());
    static_cast<void>(who_.bearer(token.text, at(now_s)));
    EXPECT_FALSE(grew());
}

TEST_F(AuthenticatorTest, AnswersForACopyToo) {
    who_.set_jwt(verifier(secret()));
    const Principal copy = **who_.bearer(hs256(claims()), at(now_s));
    const auto now = who_.current(copy, at(now_s));
    ASSERT_TRUE(now);
    EXPECT_EQ((*now)->id, copy.id);
}

TEST_F(AuthenticatorTest, DoesNotTakeOneKindForAnother) {
    Credentials file;
    file.certificates = {{"ci", Permissions::all()}};
    const NewToken token = a_token();
    file.tokens = {token.token};
    who_.set_credentials(file);
    Principal forged;
    forged.kind = Principal::Kind::token;
    for (const char* id : {"", "token", "token:", "anonymous", "certificate:ci"}) {
        forged.id = id;
        EXPECT_EQ(reason_of(who_.current(forged, at(now_s))), "revoked") << id;
    }
}

}  // namespace
}  // namespace confcast::auth
