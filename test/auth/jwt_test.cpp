// What the verifier lets in and what not, with tokens made by hand. Every refusal has a neighbour that is let in, so
// that it is refused for what it is meant to be.
#include "confcast/auth/jwt.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <random>

#include "signer.hpp"

namespace confcast::auth {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the tests' own words

JwtVerifier for_secret(JwtOptions options = {}) { return {keys_of(secret()), std::move(options)}; }
JwtVerifier for_rsa() { return {keys_of(rsa_key().public_pem()), {}}; }
JwtVerifier for_ec() { return {keys_of(ec_key().public_pem()), {}}; }

std::string refusal(const JwtVerifier& verifier, std::string_view token) {
    const auto verified = verifier.verify(token, at(now_s));
    if (!verified) EXPECT_EQ(verified.error(), Errc::unauthenticated);
    return reason_of(verified);
}

TEST(Jwt, OfEachAlgorithmIsLetIn) {
    EXPECT_EQ(refusal(for_secret(), hs256(claims())), "");
    EXPECT_EQ(refusal(for_rsa(), rs256(claims())), "");
    EXPECT_EQ(refusal(for_ec(), es256(claims())), "");
}

TEST(Jwt, MakesAPrincipal) {
    const auto verified = for_secret().verify(
        hs256(claims(R"(,"iss":"https://id.example/a","confcast":["read:app/**","admin"])")), at(now_s));
    ASSERT_TRUE(verified);
    const Principal& who = **verified;
    EXPECT_EQ(who.kind, Principal::Kind::jwt);
    EXPECT_EQ(who.id, "jwt:https%3A//id.example/a:alice");
    EXPECT_EQ(who.name, "alice");
    EXPECT_EQ(who.permissions.texts(), (std::vector<std::string>{"admin", "read:app/**"}));
    EXPECT_EQ(who.expires, at(now_s + 600 + 60));
    EXPECT_EQ(who.changed, 0);
}

TEST(Jwt, WithoutAnIssuerHasAnIdTooAndNoTwoSubjectsHaveOne) {
    const auto id = [](const std::string& payload) { return (*for_secret().verify(hs256(payload), at(now_s)))->id; };
    EXPECT_EQ(id(claims()), "jwt::alice");
    const std::string exp = R"(,"exp":)" + std::to_string(now_s + 1) + '}';
    EXPECT_NE(id(R"({"iss":"a:b","sub":"c")" + exp), id(R"({"iss":"a","sub":"b:c")" + exp));
    EXPECT_NE(id(R"({"iss":"a:b","sub":"c")" + exp), id(R"({"iss":"a%3Ab","sub":"c")" + exp));
}

struct HeaderCase {
    const char* what;
    std::string header;
    std::string reason;
};

class JwtHeader : public testing::TestWithParam<HeaderCase> {};

// All are signed with the right secret: what they ask for is what they are refused for.
TEST_P(JwtHeader, IsTakenOrRefused) {
    const std::string part = unsigned_token(GetParam().header, claims());
    EXPECT_EQ(refusal(for_secret(), with_signature(part, hmac(secret(), part))), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Jwt, JwtHeader,
    testing::Values(
        HeaderCase{"plain", R"({"alg":"HS256"})", ""}, HeaderCase{"typed", R"({"alg":"HS256","typ":"JWT"})", ""},
        HeaderCase{"lower case", R"({"alg":"HS256","typ":"jwt"})", ""},
        HeaderCase{"RFC 9068", R"({"alg":"HS256","typ":"at+jwt"})", ""},
        HeaderCase{"RFC 9068, long", R"({"alg":"HS256","typ":"application/at+JWT"})", ""},
        HeaderCase{"a key's name that no key has to have", R"({"alg":"HS256","kid":"any"})", ""},
        HeaderCase{"a member nobody knows", R"({"alg":"HS256","x5t":"abc","hello":[1]})", ""},
        HeaderCase{"none", R"({"alg":"none"})", "unsupported"}, HeaderCase{"None", R"({"alg":"None"})", "unsupported"},
        HeaderCase{"NONE", R"({"alg":"NONE"})", "unsupported"}, HeaderCase{"nOnE", R"({"alg":"nOnE"})", "unsupported"},
        HeaderCase{"empty", R"({"alg":""})", "unsupported"}, HeaderCase{"hs256", R"({"alg":"hs256"})", "unsupported"},
        HeaderCase{"space", R"({"alg":"HS256 "})", "unsupported"},
        HeaderCase{"NUL", R"({"alg":"HS256\u0000"})", "unsupported"},
        HeaderCase{"HS384", R"({"alg":"HS384"})", "unsupported"},
        HeaderCase{"HS512", R"({"alg":"HS512"})", "unsupported"},
        HeaderCase{"RS512", R"({"alg":"RS512"})", "unsupported"},
        HeaderCase{"PS256", R"({"alg":"PS256"})", "unsupported"},
        HeaderCase{"ES384", R"({"alg":"ES384"})", "unsupported"},
        HeaderCase{"EdDSA", R"({"alg":"EdDSA"})", "unsupported"},
        HeaderCase{"ES256K", R"({"alg":"ES256K"})", "unsupported"},
        HeaderCase{"another key's", R"({"alg":"RS256"})", "invalid"},
        HeaderCase{"another key's too", R"({"alg":"ES256"})", "invalid"}, HeaderCase{"no alg", R"({})", "malformed"},
        HeaderCase{"alg a number", R"({"alg":256})", "malformed"},
        HeaderCase{"alg null", R"({"alg":null})", "malformed"},
        HeaderCase{"alg a list", R"({"alg":["HS256"]})", "malformed"},
        HeaderCase{"alg twice", R"({"alg":"none","alg":"HS256"})", "malformed"},
        HeaderCase{"alg twice, the other way", R"({"alg":"HS256","alg":"none"})", "malformed"},
        HeaderCase{"alg twice, hidden", R"({"alg":"HS256","\u0061lg":"none"})", "malformed"},
        HeaderCase{"a list", R"(["alg","HS256"])", "malformed"}, HeaderCase{"a word", R"("HS256")", "malformed"},
        HeaderCase{"no JSON", R"(alg=HS256)", "malformed"},
        HeaderCase{"more behind", R"({"alg":"HS256"}{})", "malformed"},
        HeaderCase{"a comment", R"({"alg":"HS256"}/**/)", "malformed"},
        HeaderCase{"a comma", R"({"alg":"HS256",})", "malformed"},
        HeaderCase{"no UTF-8", "{\"alg\":\"HS256\",\"x\":\"\xFF\"}", "malformed"},
        HeaderCase{"a deep one", R"({"alg":"HS256","x":[[[[[[[[[[]]]]]]]]]]})", "malformed"},
        HeaderCase{"kid a number", R"({"alg":"HS256","kid":7})", "malformed"},
        HeaderCase{"typ a number", R"({"alg":"HS256","typ":7})", "malformed"},
        HeaderCase{"crit unknown", R"({"alg":"HS256","crit":["exp"],"exp":1})", "unsupported"},
        HeaderCase{"crit b64", R"({"alg":"HS256","crit":["b64"],"b64":true})", "unsupported"},
        HeaderCase{"crit empty", R"({"alg":"HS256","crit":[]})", "unsupported"},
        HeaderCase{"crit null", R"({"alg":"HS256","crit":null})", "unsupported"},
        HeaderCase{"b64", R"({"alg":"HS256","b64":false})", "unsupported"},
        HeaderCase{"its own key", R"({"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}})", "unsupported"},
        HeaderCase{"a key from elsewhere", R"({"alg":"HS256","jku":"https://evil.example/keys"})", "unsupported"},
        HeaderCase{"x5u", R"({"alg":"HS256","x5u":"https://evil.example/c"})", "unsupported"},
        HeaderCase{"x5c", R"({"alg":"HS256","x5c":["MII"]})", "unsupported"},
        HeaderCase{"encrypted", R"({"alg":"HS256","enc":"A128GCM"})", "unsupported"},
        HeaderCase{"packed", R"({"alg":"HS256","zip":"DEF"})", "unsupported"},
        HeaderCase{"a logout token", R"({"alg":"HS256","typ":"logout+jwt"})", "unsupported"},
        HeaderCase{"a DPoP proof", R"({"alg":"HS256","typ":"dpop+jwt"})", "unsupported"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

struct ClaimCase {
    const char* what;
    std::string payload;
    std::string reason;
};

class JwtClaims : public testing::TestWithParam<ClaimCase> {};

TEST_P(JwtClaims, AreTakenOrRefused) { EXPECT_EQ(refusal(for_secret(), hs256(GetParam().payload)), GetParam().reason); }

std::string exp_is(const std::string& value) { return R"({"sub":"a","exp":)" + value + '}'; }
std::string in(std::int64_t seconds) { return std::to_string(now_s + seconds); }
std::string sub_is(const std::string& json) { return R"({"sub":)" + json + R"(,"exp":)" + in(1) + '}'; }

INSTANTIATE_TEST_SUITE_P(
    Jwt, JwtClaims,
    testing::Values(
        ClaimCase{"good", exp_is(in(1)), ""},
        // exp, with 60 seconds for other clocks
        ClaimCase{"just over", exp_is(in(0)), ""}, ClaimCase{"in the leeway", exp_is(in(-59)), ""},
        ClaimCase{"behind it", exp_is(in(-60)), "expired"}, ClaimCase{"long ago", exp_is("0"), "expired"},
        ClaimCase{"before 1970", exp_is("-1"), "expired"},
        ClaimCase{"the far past", exp_is("-9223372036854775808"), "expired"},
        ClaimCase{"the far future", exp_is("9223372036854775807"), ""},
        ClaimCase{"farther", exp_is("18446744073709551615"), ""}, ClaimCase{"without end", exp_is("1e300"), ""},
        ClaimCase{"without beginning", exp_is("-1e300"), "expired"}, ClaimCase{"a fraction", exp_is(in(1) + ".5"), ""},
        ClaimCase{"a fraction over", exp_is(in(-61) + ".9"), "expired"},
        ClaimCase{"with an exponent", exp_is("1.9e9"), ""}, ClaimCase{"no exp", R"({"sub":"a"})", "bad_claims"},
        ClaimCase{"a text", exp_is("\"" + in(1) + "\""), "bad_claims"}, ClaimCase{"null", exp_is("null"), "bad_claims"},
        ClaimCase{"true", exp_is("true"), "bad_claims"}, ClaimCase{"a list", exp_is("[" + in(1) + "]"), "bad_claims"},
        ClaimCase{"twice", R"({"sub":"a","exp":1,"exp":)" + in(1) + '}', "malformed"},
        // nbf and iat
        ClaimCase{"nbf past", claims(R"(,"nbf":)" + in(-1)), ""},
        ClaimCase{"nbf in the leeway", claims(R"(,"nbf":)" + in(60)), ""},
        ClaimCase{"nbf behind it", claims(R"(,"nbf":)" + in(61)), "not_yet_valid"},
        ClaimCase{"nbf never", claims(R"(,"nbf":9223372036854775807)"), "not_yet_valid"},
        ClaimCase{"nbf a text", claims(R"(,"nbf":"0")"), "bad_claims"},
        ClaimCase{"nbf null", claims(R"(,"nbf":null)"), "bad_claims"},
        ClaimCase{"iat in the leeway", claims(R"(,"iat":)" + in(60)), ""},
        ClaimCase{"iat behind it", claims(R"(,"iat":)" + in(61)), "not_yet_valid"},
        ClaimCase{"iat a text", claims(R"(,"iat":"0")"), "bad_claims"},
        // sub
        ClaimCase{"no sub", R"({"exp":)" + in(1) + '}', "bad_claims"},
        ClaimCase{"sub a number", sub_is("1"), "bad_claims"}, ClaimCase{"sub null", sub_is("null"), "bad_claims"},
        ClaimCase{"sub empty", sub_is("\"\""), "bad_claims"},
        ClaimCase{"sub with a newline", sub_is("\"a\\nb\""), "bad_claims"},
        ClaimCase{"sub with NUL", sub_is("\"a\\u0000\""), "bad_claims"},
        ClaimCase{"sub with C1", sub_is("\"a\\u0085\""), "bad_claims"},
        ClaimCase{"sub of 256", sub_is('"' + std::string(256, 's') + '"'), ""},
        ClaimCase{"sub of 257", sub_is('"' + std::string(257, 's') + '"'), "bad_claims"},
        ClaimCase{"sub twice", R"({"sub":"a","sub":"b","exp":)" + in(1) + '}', "malformed"},
        // iss
        ClaimCase{"iss a number", claims(R"(,"iss":1)"), "bad_claims"},
        ClaimCase{"iss with a tab", claims(R"(,"iss":"a\tb")"), "bad_claims"},
        // permissions
        ClaimCase{"none", claims(R"(,"confcast":[])"), ""},
        ClaimCase{"no list", claims(R"(,"confcast":"admin")"), "bad_claims"},
        ClaimCase{"null permissions", claims(R"(,"confcast":null)"), "bad_claims"},
        ClaimCase{"one a number", claims(R"(,"confcast":["admin",1])"), "bad_claims"},
        ClaimCase{"one unknown", claims(R"(,"confcast":["admin","deny:x"])"), "bad_claims"},
        ClaimCase{"scope a list", claims(R"(,"scope":["admin"])"), "bad_claims"},
        // the document
        ClaimCase{"empty", "", "malformed"}, ClaimCase{"a list of claims", R"(["sub"])", "malformed"},
        ClaimCase{"a number", "1", "malformed"}, ClaimCase{"text", "sub=alice", "malformed"},
        ClaimCase{"cut", R"({"sub":"a","exp":1)", "malformed"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

std::vector<std::string> permissions_of(const std::string& more, JwtOptions options = {}) {
    const auto verified = for_secret(std::move(options)).verify(hs256(claims(more)), at(now_s));
    EXPECT_TRUE(verified) << more;
    return verified ? (*verified)->permissions.texts() : std::vector<std::string>{"?"};
}

TEST(JwtPermissions, ComeFromTheClaimElseFromTheScope) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(permissions_of(""), Texts{});
    EXPECT_EQ(permissions_of(R"(,"confcast":["read:a"])"), Texts{"read:a"});
    EXPECT_EQ(permissions_of(R"(,"scope":"openid read:app/** profile write:b email")"),
              (Texts{"read:app/**", "write:b"}));
    EXPECT_EQ(permissions_of(R"(,"scope":"")"), Texts{});
    EXPECT_EQ(permissions_of(R"(,"scope":" admin  x ")"), Texts{"admin"});
    // The claim, empty as it is, is the last word.
    EXPECT_EQ(permissions_of(R"(,"scope":"admin","confcast":[])"), Texts{});
    JwtOptions other;
    other.permissions_claim = "https://id.example/permissions";
    EXPECT_EQ(permissions_of(R"(,"confcast":["admin"],"https://id.example/permissions":["read:x"])", other),
              Texts{"read:x"});
    EXPECT_EQ(permissions_of(R"(,"confcast":["admin"])", other), Texts{});
}

TEST(JwtIssuer, MustBeTheOneWhenOneIsSet) {
    JwtOptions options;
    options.issuer = "https://id.example";
    const JwtVerifier verifier = for_secret(options);
    EXPECT_EQ(refusal(verifier, hs256(claims(R"(,"iss":"https://id.example")"))), "");
    for (const char* other : {R"(,"iss":"https://id.example/")", R"(,"iss":"HTTPS://ID.EXAMPLE")", R"(,"iss":"x")", ""})
        EXPECT_EQ(refusal(verifier, hs256(claims(other))), "wrong_issuer") << other;
}

TEST(JwtAudience, MustBeOneOfThemWhenOneIsSet) {
    JwtOptions options;
    options.audience = "confcast";
    const JwtVerifier verifier = for_secret(options);
    for (const char* good : {R"(,"aud":"confcast")", R"(,"aud":["confcast"])", R"(,"aud":["x","confcast"])"})
        EXPECT_EQ(refusal(verifier, hs256(claims(good))), "") << good;
    for (const char* bad :
         {"", R"(,"aud":"confcast2")", R"(,"aud":[])", R"(,"aud":["x"])", R"(,"aud":1)", R"(,"aud":null)",
          R"(,"aud":[["confcast"]])", R"(,"aud":{"confcast":1})", R"(,"aud":"x confcast")"})
        EXPECT_EQ(refusal(verifier, hs256(claims(bad))), "wrong_audience") << bad;
    EXPECT_EQ(refusal(for_secret(), hs256(claims(R"(,"aud":"somebody")"))), "");
}

TEST(Jwt, OfSomebodyElseIsNotToldThatItIsOver) {
    JwtOptions options;
    options.issuer = "me";
    EXPECT_EQ(refusal(for_secret(options), hs256(exp_is("1"))), "wrong_issuer");
}

TEST(Jwt, ThatNoKeySignedSaysNothingOfItsClaims) {
    for (const auto& payload : {exp_is("1"), std::string("{"), claims(R"(,"nbf":)" + in(1000)), sub_is("1")})
        EXPECT_EQ(refusal(for_secret(), hs256(payload, "", std::string(32, 'x'))), "invalid");
}

TEST(JwtSignature, OfAnotherKeyIsInvalid) {
    EXPECT_EQ(refusal(for_secret(), hs256(claims(), "", std::string(32, 'x'))), "invalid");
    EXPECT_EQ(refusal(for_rsa(), rs256(claims(), "", other_rsa_key())), "invalid");
    EXPECT_EQ(refusal(for_ec(), es256(claims(), "", other_ec_key())), "invalid");
}

TEST(JwtSignature, IsOverEveryByte) {
    const JwtVerifier verifier = for_secret();
    const std::string token = hs256(claims());
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string other = token;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(refusal(verifier, other), "") << i;
    }
}

TEST(JwtSignature, CutShortIsInvalidAtAnyLength) {
    for (const auto& [verifier, token] : {std::pair(for_secret(), hs256(claims())),
                                          std::pair(for_ec(), es256(claims())), std::pair(for_rsa(), rs256(claims()))})
        for (std::size_t size = 0; size < token.size(); ++size)
            EXPECT_NE(refusal(verifier, std::string_view(token).substr(0, size)), "") << size;
}

TEST(JwtSignature, OfTheOtherPayloadIsInvalid) {
    const std::string good = rs256(claims());
    const std::string signature = good.substr(good.rfind('.') + 1);
    const std::string other = unsigned_token(R"({"alg":"RS256"})", claims(R"(,"confcast":["admin"])"));
    EXPECT_EQ(refusal(for_rsa(), other + '.' + signature), "invalid");
}

TEST(JwtSignature, WithAPublicKeyForASecretIsInvalid) {
    // The classic: what everybody knows of the RSA key, in every form, as a secret for HS256.
    for (const std::string& known : {rsa_key().public_pem(), rsa_key().public_der(), rsa_key().jwk(),
                                     rsa_key().public_pem().substr(0, rsa_key().public_pem().size() - 1)})
        EXPECT_EQ(refusal(for_rsa(), hs256(claims(), "", known)), "invalid");
    for (const std::string& known : {ec_key().public_pem(), ec_key().public_der(), ec_key().jwk()})
        EXPECT_EQ(refusal(for_ec(), hs256(claims(), "", known)), "invalid");
    EXPECT_EQ(refusal(for_rsa(), hs256(claims(), "", "")), "invalid");
}

TEST(JwtSignature, OfTheRightKeyByAnotherSchemeIsInvalid) {
    const std::string part = unsigned_token(R"({"alg":"RS256"})", claims());
    EXPECT_EQ(refusal(for_rsa(), with_signature(part, rsa_key().sign_pss(part))), "invalid");
    EXPECT_EQ(refusal(for_rsa(), with_signature(part, "")), "invalid");
    EXPECT_EQ(refusal(for_rsa(), with_signature(part, std::string(256, '\0'))), "invalid");
    EXPECT_EQ(refusal(for_rsa(), with_signature(part, '\0' + rsa_key().sign(part))), "invalid");
}

TEST(JwtSignature, OfEs256Has64BytesAndIsNoDer) {
    const std::string part = unsigned_token(R"({"alg":"ES256"})", claims());
    const std::string raw = ec_key().sign(part);
    ASSERT_EQ(raw.size(), 64U);
    EXPECT_EQ(refusal(for_ec(), with_signature(part, raw)), "");
    EXPECT_EQ(refusal(for_ec(), with_signature(part, ec_key().sign(part, false))), "invalid");
    EXPECT_EQ(refusal(for_ec(), with_signature(part, raw + '\0')), "invalid");
    EXPECT_EQ(refusal(for_ec(), with_signature(part, raw.substr(0, 63))), "invalid");
    EXPECT_EQ(refusal(for_ec(), with_signature(part, "")), "invalid");
    // CVE-2022-21449: r and s of nothing.
    EXPECT_EQ(refusal(for_ec(), with_signature(part, std::string(64, '\0'))), "invalid");
    EXPECT_EQ(refusal(for_ec(), with_signature(part, std::string(64, '\xFF'))), "invalid");
}

class JwtText : public testing::TestWithParam<std::string> {};

TEST_P(JwtText, ThatIsNoneIsMalformed) { EXPECT_EQ(refusal(for_secret(), GetParam()), "malformed"); }

INSTANTIATE_TEST_SUITE_P(Jwt, JwtText,
                         testing::Values("", ".", "..", "...", "a.b", "a.b.c.d", "a.b.c.d.e", " . . ",
                                         hs256(claims()) + ".", "." + hs256(claims()), hs256(claims()) + "=",
                                         hs256(claims()) + "==", hs256(claims()) + "\n", hs256(claims()) + " ",
                                         " " + hs256(claims()), "Bearer " + hs256(claims()), hs256(claims()) + "+",
                                         hs256(claims()) + "/", hs256(claims()) + std::string(1, '\0'),
                                         std::string(8193, 'a'), unsigned_token(R"({"alg":"HS256"})", claims()),
                                         R"({"alg":"HS256"}.{"sub":"a"}.x)", "\xFF.\xFF.\xFF"),
                         [](const auto& info) { return "n" + std::to_string(info.index); });

// The last character of 32 bytes carries two bits that mean nothing: of four texts for one signature one is taken.
TEST(JwtText, HasOneSpellingOnly) {
    const std::string token = hs256(claims());
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t last = alphabet.find(token.back());
    for (std::size_t stray = 1; stray < 4; ++stray) {
        std::string other = token;
        other.back() = alphabet[last + stray];
        EXPECT_EQ(refusal(for_secret(), other), "malformed");
    }
}

TEST(JwtText, HasAtMostEightKibibytes) {
    const auto of_size = [](std::size_t filler) { return hs256(claims(R"(,"x":")" + std::string(filler, 'x') + '"')); };
    std::size_t filler = 5900;
    while (of_size(filler + 1).size() <= max_jwt_bytes) ++filler;
    EXPECT_EQ(refusal(for_secret(), of_size(filler)), "");
    EXPECT_EQ(refusal(for_secret(), of_size(filler + 2)), "malformed");
}

TEST(Jwt, LeavesNothingInOpenSslsQueueOfErrors) {
    ERR_clear_error();
    refusal(for_rsa(), rs256(claims(), "", other_rsa_key()));
    refusal(for_ec(), with_signature(unsigned_token(R"({"alg":"ES256"})", claims()), std::string(64, '\xFF')));
    EXPECT_FALSE(JwtKeys::parse("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    EXPECT_FALSE(JwtKeys::parse(R"({"keys":[{"kty":"EC","crv":"P-256","x":")" + base64url(std::string(32, 'x')) +
                                R"(","y":")" + base64url(std::string(32, 'y')) + R"("}]})"));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Jwt, OfAnyBytesIsRefusedAndNeverMore) {
    const JwtVerifier verifier = for_secret();
    std::minstd_rand random(3);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::string good = hs256(claims());
    for (int round = 0; round < 5000; ++round) {
        std::string other = good;
        for (std::size_t n = 1 + random() % 3; n > 0; --n) {
            const std::size_t where = random() % other.size();
            switch (random() % 3) {
                case 0:
                    other[where] = static_cast<char>(random() % 256);
                    break;
                case 1:
                    other.erase(where, random() % 9);
                    break;
                default:
                    other.insert(where, 1 + random() % 9, static_cast<char>(random() % 256));
            }
            if (other.empty()) other = ".";
        }
        if (other != good) ASSERT_NE(refusal(verifier, other), "") << other;
    }
}

TEST(JwtVerifier, StandsForWhomAnotherWithItsKeyLetIn) {
    const JwtVerifier first = for_rsa();
    const auto who = first.verify(rs256(claims()), at(now_s));
    ASSERT_TRUE(who);
    EXPECT_TRUE(first.stands_for(**who));
    EXPECT_TRUE(for_rsa().stands_for(**who));
    // Rotation: the key has a name now, and another key beside it.
    const std::string both = R"({"keys":[)" + rsa_key().jwk(R"(,"kid":"a")") + ',' + ec_key().jwk() + "]}";
    EXPECT_TRUE(JwtVerifier(keys_of(both), {}).stands_for(**who));
    EXPECT_FALSE(for_ec().stands_for(**who));
    EXPECT_FALSE(for_secret().stands_for(**who));
    JwtOptions stricter;
    stricter.audience = "confcast";
    EXPECT_FALSE(JwtVerifier(keys_of(rsa_key().public_pem()), stricter).stands_for(**who));
    EXPECT_FALSE(first.stands_for(*everybody()));
}

}  // namespace
}  // namespace confcast::auth
