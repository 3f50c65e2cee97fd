// A second opinion: what libjwt signs is let in, and what it lets in of ours is the same.
#include <gtest/gtest.h>
#include <jwt.h>

#include <memory>

#include "confcast/auth/jwt.hpp"
#include "signer.hpp"

namespace confcast::auth {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the tests' own words

struct FreeJwt {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string signed_by_libjwt(jwt_alg_t algorithm, const std::string& key) {
    jwt_t* made = nullptr;
    EXPECT_EQ(jwt_new(&made), 0);
    const Jwt jwt(made);
    EXPECT_EQ(jwt_add_grants_json(made, claims(R"(,"confcast":["read:app/**"])").c_str()), 0);
    EXPECT_EQ(jwt_set_alg(made, algorithm, bytes_of(key), static_cast<int>(key.size())), 0);
    char* text = jwt_encode_str(made);
    EXPECT_NE(text, nullptr);
    std::string out(text != nullptr ? text : "");
    free(text);  // NOLINT(cppcoreguidelines-no-malloc): libjwt's
    return out;
}

bool libjwt_lets_in(const std::string& token, const std::string& key) {
    jwt_t* read = nullptr;
    const int failed = jwt_decode(&read, token.c_str(), bytes_of(key), static_cast<int>(key.size()));
    const Jwt jwt(read);
    return failed == 0;
}

std::string subject_of(const std::string& keys, const std::string& token) {
    const auto verified = JwtVerifier(keys_of(keys), {}).verify(token, at(now_s));
    return verified ? (*verified)->id : verified.error().to_string();
}

TEST(Libjwt, SignsWhatIsLetIn) {
    // Often: a number of ES256 that begins with zeros is one in 128.
    for (int i = 0; i < 300; ++i)
        ASSERT_EQ(subject_of(ec_key().public_pem(), signed_by_libjwt(JWT_ALG_ES256, ec_key().private_pem())),
                  "jwt::alice");
    EXPECT_EQ(subject_of(rsa_key().public_pem(), signed_by_libjwt(JWT_ALG_RS256, rsa_key().private_pem())),
              "jwt::alice");
    EXPECT_EQ(subject_of(secret(), signed_by_libjwt(JWT_ALG_HS256, secret())), "jwt::alice");
}

TEST(Libjwt, SignsWithOtherAlgorithmsInVain) {
    EXPECT_NE(subject_of(rsa_key().public_pem(), signed_by_libjwt(JWT_ALG_RS512, rsa_key().private_pem())),
              "jwt::alice");
    EXPECT_NE(subject_of(secret(), signed_by_libjwt(JWT_ALG_HS512, secret())), "jwt::alice");
    EXPECT_NE(subject_of(rsa_key().public_pem(), signed_by_libjwt(JWT_ALG_HS256, rsa_key().public_pem())),
              "jwt::alice");
}

TEST(Libjwt, LetsInWhatTheTestsSign) {
    EXPECT_TRUE(libjwt_lets_in(rs256(claims()), rsa_key().public_pem()));
    EXPECT_TRUE(libjwt_lets_in(es256(claims()), ec_key().public_pem()));
    EXPECT_TRUE(libjwt_lets_in(hs256(claims()), secret()));
    EXPECT_FALSE(libjwt_lets_in(rs256(claims(), "", other_rsa_key()), rsa_key().public_pem()));
}

// Why the server does not use it (lib/auth/src/jwt_key.cpp): whoever has the public key signs, when it is asked.
TEST(Libjwt, BelievesTheTokenAboutTheAlgorithm) {
    const std::string forged = hs256(claims(), "", rsa_key().public_pem());
    EXPECT_TRUE(libjwt_lets_in(forged, rsa_key().public_pem()));
    EXPECT_NE(subject_of(rsa_key().public_pem(), forged), "jwt::alice");
    // RFC 9068's access tokens.
    EXPECT_FALSE(libjwt_lets_in(rs256(claims(), R"(,"typ":"at+jwt")"), rsa_key().public_pem()));
    EXPECT_EQ(subject_of(rsa_key().public_pem(), rs256(claims(), R"(,"typ":"at+jwt")")), "jwt::alice");
}

}  // namespace
}  // namespace confcast::auth
