#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "confcast/auth/jwt.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "signer.hpp"

namespace confcast::auth {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the tests' own words

std::string set_of(const std::vector<std::string>& keys) {
    std::string out = R"({"keys":[)";
    for (const std::string& key : keys) out += (&key == &keys.front() ? "" : ",") + key;
    return out + "]}";
}

std::string oct(std::string_view bytes, const std::string& more = "") {
    return R"({"kty":"oct","k":")" + base64url(bytes) + '"' + more + '}';
}

bool lets_in(const JwtKeys& keys, const std::string& token) {
    return JwtVerifier(keys, {}).verify(token, at(now_s)).has_value();
}

TEST(JwtKeys, AreReadFromPem) {
    EXPECT_TRUE(lets_in(keys_of(rsa_key().public_pem()), rs256(claims())));
    EXPECT_TRUE(lets_in(keys_of(ec_key().public_pem()), es256(claims())));
    EXPECT_TRUE(lets_in(keys_of(rsa_key().certificate_pem()), rs256(claims())));
    EXPECT_TRUE(lets_in(keys_of(ec_key().certificate_pem()), es256(claims())));
    EXPECT_TRUE(lets_in(keys_of("subject=/CN=issuer\n" + rsa_key().public_pem()), rs256(claims())));
    EXPECT_FALSE(keys_of(rsa_key().public_pem()).has_secret());
}

TEST(JwtKeys, AreReadFromASet) {
    const JwtKeys keys = keys_of(set_of({rsa_key().jwk(), ec_key().jwk(), oct(secret())}));
    EXPECT_EQ(keys.size(), 3U);
    EXPECT_TRUE(keys.notes().empty());
    EXPECT_TRUE(keys.has_secret());
    EXPECT_TRUE(lets_in(keys, rs256(claims())));
    EXPECT_TRUE(lets_in(keys, es256(claims())));
    EXPECT_TRUE(lets_in(keys, hs256(claims())));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), "", other_rsa_key())));
}

TEST(JwtKeys, AreASecretOtherwise) {
    EXPECT_TRUE(lets_in(keys_of(secret()), hs256(claims())));
    EXPECT_TRUE(lets_in(keys_of(secret() + "\n"), hs256(claims())));
    EXPECT_TRUE(lets_in(keys_of(secret() + "\r\n"), hs256(claims())));
    EXPECT_FALSE(lets_in(keys_of(secret() + "\n\n"), hs256(claims())));
    EXPECT_FALSE(lets_in(keys_of(secret() + " "), hs256(claims())));
    std::string bytes(32, '\0');
    bytes[5] = '\xFF';
    EXPECT_TRUE(lets_in(keys_of(bytes), hs256(claims(), "", bytes)));
}

TEST(JwtKeys, AreChosenByTheirName) {
    const JwtKeys keys = keys_of(set_of({rsa_key().jwk(R"(,"kid":"a")"), other_rsa_key().jwk(R"(,"kid":"b")")}));
    EXPECT_TRUE(lets_in(keys, rs256(claims(), R"(,"kid":"a")")));
    EXPECT_TRUE(lets_in(keys, rs256(claims(), R"(,"kid":"b")", other_rsa_key())));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), R"(,"kid":"b")")));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), R"(,"kid":"a")", other_rsa_key())));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), R"(,"kid":"c")")));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), R"(,"kid":"")")));
    // A token that names none is tried with all.
    EXPECT_TRUE(lets_in(keys, rs256(claims())));
    EXPECT_TRUE(lets_in(keys, rs256(claims(), "", other_rsa_key())));
}

TEST(JwtKeys, WithoutANameServeATokenThatHasOne) {
    EXPECT_TRUE(lets_in(keys_of(rsa_key().public_pem()), rs256(claims(), R"(,"kid":"2026-11")")));
    const JwtKeys keys = keys_of(set_of({rsa_key().jwk(), other_rsa_key().jwk(R"(,"kid":"b")")}));
    EXPECT_TRUE(lets_in(keys, rs256(claims(), R"(,"kid":"x")")));
    EXPECT_FALSE(lets_in(keys, rs256(claims(), R"(,"kid":"x")", other_rsa_key())));
}

TEST(JwtKeys, OfOneNameButTwoAlgorithmsAreTwo) {
    const JwtKeys keys = keys_of(set_of({rsa_key().jwk(R"(,"kid":"a")"), ec_key().jwk(R"(,"kid":"a")")}));
    EXPECT_TRUE(lets_in(keys, rs256(claims(), R"(,"kid":"a")")));
    EXPECT_TRUE(lets_in(keys, es256(claims(), R"(,"kid":"a")")));
}

// In one set with the RSA key, and named as it is: still no secret.
TEST(JwtKeys, OfASetAreNotConfused) {
    const JwtKeys keys = keys_of(set_of({rsa_key().jwk(R"(,"kid":"a")"), oct(secret(), R"(,"kid":"a")")}));
    EXPECT_FALSE(lets_in(keys, hs256(claims(), R"(,"kid":"a")", rsa_key().public_pem())));
    EXPECT_FALSE(lets_in(keys, hs256(claims(), R"(,"kid":"a")", rsa_key().jwk())));
    EXPECT_TRUE(lets_in(keys, hs256(claims(), R"(,"kid":"a")")));
}

TEST(JwtKeys, ForSomethingElseAreSkippedWithANote) {
    const std::string good = ec_key().jwk(R"(,"alg":"ES256","use":"sig","key_ops":["verify"],"x5t":"x")");
    const std::vector<std::pair<std::string, std::string>> others{
        {R"({"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"ed"})",
         "key 0 (kid ed) is not used: its kty is not RSA, EC or oct"},
        {R"({"kid":"x"})", "key 0 (kid x) is not used: its kty is not RSA, EC or oct"},
        {R"({"kty":7})", "key 0 is not used: its kty is not RSA, EC or oct"},
        {R"({"kty":"rsa"})", "key 0 is not used: its kty is not RSA, EC or oct"},
        {R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})", "key 0 is not used: its curve is not P-256"},
        {R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})", "key 0 is not used: its curve is not P-256"},
        {rsa_key().jwk(R"(,"use":"enc")"), "key 0 is not used: its use is not sig"},
        {rsa_key().jwk(R"(,"use":1)"), "key 0 is not used: its use is not sig"},
        {rsa_key().jwk(R"(,"alg":"RS512")"), "key 0 is not used: its alg is not RS256"},
        {rsa_key().jwk(R"(,"alg":"PS256")"), "key 0 is not used: its alg is not RS256"},
        {rsa_key().jwk(R"(,"alg":"HS256")"), "key 0 is not used: its alg is not RS256"},
        {oct(secret(), R"(,"alg":"HS512")"), "key 0 is not used: its alg is not HS256"},
        {oct(secret(), R"(,"alg":"RS256")"), "key 0 is not used: its alg is not HS256"},
        {rsa_key().jwk(R"(,"key_ops":["encrypt"])"), "key 0 is not used: its key_ops do not have verify"},
        {rsa_key().jwk(R"(,"key_ops":"verify")"), "key 0 is not used: its key_ops do not have verify"},
        {R"({"kty":"OKP","kid":"a\nb"})", "key 0 is not used: its kty is not RSA, EC or oct"}};
    for (const auto& [key, note] : others) {
        const JwtKeys keys = keys_of(set_of({key, good}));
        EXPECT_EQ(keys.size(), 1U) << key;
        EXPECT_EQ(keys.notes(), std::vector<std::string>{note}) << key;
        EXPECT_TRUE(lets_in(keys, es256(claims()))) << key;
        const auto alone = JwtKeys::parse(set_of({key}));
        ASSERT_FALSE(alone) << key;
        EXPECT_EQ(alone.error().detail("reason"), "it has no key that can be used") << key;
    }
}

struct BadKeys {
    std::string bytes;
    std::string reason;
};

void expect_refused(const std::vector<BadKeys>& cases) {
    for (const auto& [bytes, reason] : cases) {
        const auto parsed = JwtKeys::parse(bytes);
        ASSERT_FALSE(parsed) << bytes.substr(0, 200);
        EXPECT_EQ(parsed.error(), Errc::invalid_parameter);
        EXPECT_EQ(parsed.error().detail("parameter"), "jwt_keys");
        EXPECT_EQ(parsed.error().detail("reason"), reason) << bytes.substr(0, 200);
    }
}

TEST(JwtKeys, ThatArePrivateAreRefused) {
    const std::string pem = "it holds a private key; only the public one belongs here: openssl pkey -pubout";
    const std::string jwk = "key 0: it is a private key; only its public half belongs here";
    expect_refused({{rsa_key().private_pem(), pem},
                    {ec_key().private_pem(), pem},
                    {rsa_key().public_pem() + rsa_key().private_pem(), pem},
                    {set_of({rsa_key().jwk(R"(,"d":"AQ")")}), jwk},
                    {set_of({ec_key().jwk(R"(,"d":"AQ")")}), jwk},
                    {set_of({rsa_key().jwk(R"(,"p":"AQ","q":"AQ")")}), jwk},
                    {set_of({rsa_key().jwk(R"(,"use":"enc","d":"AQ")"), ec_key().jwk()}), jwk},
                    {set_of({R"({"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})", ec_key().jwk()}), jwk}});
}

TEST(JwtKeys, ThatAreWeakAreRefused) {
    static const KeyPair small = KeyPair::rsa(1024);
    expect_refused({{small.public_pem(), "an RSA key has at least 2048 bits"},
                    {small.certificate_pem(), "an RSA key has at least 2048 bits"},
                    {set_of({ec_key().jwk(), small.jwk()}), "key 1: an RSA key has at least 2048 bits"},
                    {std::string(31, 's'), "a secret for HS256 has at least 32 bytes"},
                    {std::string(31, 's') + "\n", "a secret for HS256 has at least 32 bytes"},
                    {"", "a secret for HS256 has at least 32 bytes"},
                    {"\n", "a secret for HS256 has at least 32 bytes"},
                    {std::string(4097, 's'), "a secret for HS256 has at most 4096 bytes"},
                    {set_of({oct(std::string(31, 's'), R"(,"kid":"k")")}),
                     "key 0 (kid k): a secret for HS256 has at least 32 bytes"},
                    {set_of({oct("")}), "key 0: a secret for HS256 has at least 32 bytes"}});
}

TEST(JwtKeys, WithAnExponentOfOneOrAnEvenOneAreRefused) {
    const std::string three = KeyPair::rsa(2048, 3).jwk();
    EXPECT_TRUE(JwtKeys::parse(set_of({three})));
    for (const char* e : {"AQ", "Ag", "BA"}) {  // 1, 2, 4
        std::string key = three;
        key.replace(key.find(R"("e":"Aw")"), 8, R"("e":")" + std::string(e) + '"');
        expect_refused({{set_of({key}), "key 0: the RSA key's exponent is not odd and above 1"}});
    }
}

TEST(JwtKeys, OfOtherKindsAreRefused) {
    const std::string kind = "a public key is RSA (for RS256) or on the curve P-256 (for ES256)";
    expect_refused({{KeyPair::ec("P-384").public_pem(), kind},
                    {KeyPair::ec("secp256k1").public_pem(), kind},
                    {KeyPair::ed25519().public_pem(), kind}});
}

TEST(JwtKeys, ThatAreBrokenAreRefused) {
    const std::string point = "key 0: x and y are no point of P-256";
    const auto ec = [](const std::string& x, const std::string& y) {
        return set_of({R"({"kty":"EC","crv":"P-256","x":")" + base64url(x) + R"(","y":")" + base64url(y) + R"("})"});
    };
    expect_refused({{ec(std::string(32, 'x'), std::string(32, 'y')), point},
                    {ec(std::string(31, 'x'), std::string(32, 'y')), point},
                    {ec(std::string(33, '\0'), std::string(32, 'y')), point},
                    {ec(std::string(32, '\0'), std::string(32, '\0')), point},
                    {ec("", ""), point},
                    {set_of({R"({"kty":"EC","crv":"P-256"})"}), point},
                    {set_of({R"({"kty":"RSA"})"}), "key 0: n and e are no RSA key"},
                    {set_of({R"({"kty":"RSA","n":"AAAA","e":"AQAB"})"}), "key 0: n and e are no RSA key"},
                    {set_of({R"({"kty":"RSA","n":7,"e":"AQAB"})"}), "key 0: n and e are no RSA key"},
                    {set_of({R"({"kty":"RSA","n":"a+b/","e":"AQAB"})"}), "key 0: n and e are no RSA key"},
                    {set_of({R"({"kty":"oct"})"}), "key 0: a secret for HS256 has at least 32 bytes"},
                    {set_of({rsa_key().jwk(R"(,"kid":7)")}), "key 0: its kid is no string of 1 to 256 bytes"},
                    {set_of({rsa_key().jwk(R"(,"kid":"")")}), "key 0: its kid is no string of 1 to 256 bytes"},
                    {set_of({"7"}), "key 0: it is no object"},
                    {set_of({}), "it has no key that can be used"},
                    {"{}", "a JWK set is an object with an array called keys"},
                    {"[]", "a JWK set is an object with an array called keys"},
                    {R"({"keys":{}})", "a JWK set is an object with an array called keys"},
                    {rsa_key().jwk(), "a JWK set is an object with an array called keys"},
                    {R"({"keys":[)", "the JWK set is not JSON, or says something twice"},
                    {R"({"keys":[],"keys":[]})", "the JWK set is not JSON, or says something twice"},
                    {set_of({R"({"kty":"oct","kty":"RSA"})"}), "the JWK set is not JSON, or says something twice"},
                    {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                     "its PEM block is no public key and no certificate"},
                    {"-----BEGIN PUBLIC KEY-----\n", "its PEM cannot be read"},
                    {"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n",
                     "its PEM block is no public key and no certificate"},
                    {std::string(300U << 10U, 'x'), "it is larger than 256 KiB"}});
}

TEST(JwtKeys, OfOneNameAreRefused) {
    const std::string a = R"(,"kid":"a")";
    expect_refused({{set_of({rsa_key().jwk(a), other_rsa_key().jwk(a)}),
                     "two keys have one kid: which of them is meant cannot be told"}});
}

TEST(JwtKeys, AreAtMostSixteen) {
    std::vector<std::string> keys;
    for (char c = 'a'; c <= 'p'; ++c) keys.push_back(oct(std::string(32, c)));
    EXPECT_TRUE(lets_in(keys_of(set_of(keys)), hs256(claims(), "", std::string(32, 'p'))));
    keys.push_back(oct(std::string(32, 'q')));
    expect_refused({{set_of(keys), "it has more than 16 keys"}});
}

// A chain would make signers of everybody in it.
TEST(JwtKeys, InPemAreOne) {
    const std::string one = "a PEM file holds one key or one certificate; for several keys there are JWK sets";
    expect_refused({{rsa_key().public_pem() + ec_key().public_pem(), one},
                    {rsa_key().certificate_pem() + other_rsa_key().certificate_pem(), one}});
}

TEST(JwtKeys, ThatLookPublicAreNoSecret) {
    const std::string reason = "it looks like a public key, which is no secret; write it as PEM: openssl pkey -pubin";
    const std::string pem = rsa_key().public_pem();
    const std::size_t begin = pem.find('\n') + 1;
    const std::string inside = pem.substr(begin, pem.find("-----END") - begin);  // as some consoles show a key
    std::string one_line;
    for (const char c : inside)
        if (c != '\n') one_line += c;
    expect_refused({{rsa_key().public_der(), reason},
                    {ec_key().public_der(), reason},
                    {inside, reason},
                    {one_line, reason},
                    {one_line + "\n", reason},
                    {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 somebody", reason},
                    {"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=", reason}});
}

class JwtKeyFile : public testing::Test {
  protected:
    std::string reason(const std::string& bytes, mode_t mode) {
        std::ofstream(path_) << bytes;
        ::chmod(path_.c_str(), mode);
        const auto loaded = JwtKeys::load(path_);
        std::string text = reason_of(loaded);
        if (const auto at = text.find(path_.string() + ' '); at == 0) text.erase(0, path_.string().size() + 1);
        return text;
    }
    confcast::test::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "keys";
};

TEST_F(JwtKeyFile, WithPublicKeysMayBeReadByAllAndWrittenByOne) {
    EXPECT_EQ(reason(rsa_key().public_pem(), 0644), "");
    EXPECT_EQ(reason(rsa_key().public_pem(), 0600), "");
    for (const mode_t mode : {0664U, 0646U, 0620U, 0602U})
        EXPECT_EQ(reason(rsa_key().public_pem(), mode),
                  "is not trusted: others may write it; chmod go-w " + path_.string());
}

TEST_F(JwtKeyFile, WithASecretMayNotBeReadByOthers) {
    EXPECT_EQ(reason(secret(), 0600), "");
    EXPECT_EQ(reason(secret(), 0640), "");
    EXPECT_EQ(reason(secret(), 0644), "is not taken: others may read it; chmod o= " + path_.string());
    EXPECT_EQ(reason(set_of({rsa_key().jwk(), oct(secret())}), 0604),
              "is not taken: others may read it; chmod o= " + path_.string());
}

TEST_F(JwtKeyFile, SaysWhereItIsBad) {
    EXPECT_EQ(reason("short", 0600), "is not taken: a secret for HS256 has at least 32 bytes");
    std::filesystem::remove(path_);
    EXPECT_EQ(reason_of(JwtKeys::load(path_)), path_.string() + " is not there");
    EXPECT_EQ(reason_of(JwtKeys::load(directory_.path())), directory_.path().string() + " is no regular file");
}

}  // namespace
}  // namespace confcast::auth
