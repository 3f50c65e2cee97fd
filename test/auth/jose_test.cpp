// Tokens of npm jose (test/compat/npm_jose.mjs makes them) before the verifier: what it answers, and that it is what
// the maker meant.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "signer.hpp"

namespace confcast::auth {
namespace {

namespace json = boost::json;

json::value read_tokens() {
    const char* path = std::getenv("CONFCAST_JOSE_TOKENS");
    if (path == nullptr) return nullptr;
    std::ifstream in(path);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::string text_at(const json::value& object, std::string_view name) {
    return json::value_to<std::string>(object.at(name));
}

TEST(Jose, TokensAreAnsweredAsTheyShouldBe) {
    const json::value tokens = read_tokens();
    ASSERT_TRUE(tokens.is_object()) << "test/compat/npm_jose makes the tokens and starts this";
    JwtOptions options;
    options.issuer = text_at(tokens.at("options"), "issuer");
    options.audience = text_at(tokens.at("options"), "audience");
    std::map<std::string, JwtVerifier> verifiers;
    for (const auto& [name, text] : tokens.at("keys").as_object())
        verifiers.try_emplace(std::string(name), test::keys_of(json::value_to<std::string>(text)), options);
    EXPECT_EQ(verifiers.at("set").keys().size(), 4U);
    EXPECT_EQ(verifiers.at("set").keys().notes().size(), 2U);

    std::map<std::string, int> answers;
    for (const json::value& one : tokens.at("cases").as_array()) {
        const JwtVerifier& verifier = verifiers.at(text_at(one, "keys"));
        const auto verified = verifier.verify(text_at(one, "token"), test::at(tokens.at("now").as_int64()));
        const std::string reason = test::reason_of(verified);
        EXPECT_EQ(reason, text_at(one, "reason")) << text_at(one, "name");
        ++answers[reason];
        if (!verified) continue;
        EXPECT_EQ((*verified)->id, "jwt:https%3A//id.example:alice");
        EXPECT_EQ((*verified)->permissions.texts(), std::vector<std::string>{"read:app/**"}) << text_at(one, "name");
    }
    for (const char* word : {"", "unsupported", "invalid", "malformed", "expired", "not_yet_valid", "bad_claims",
                             "wrong_issuer", "wrong_audience"})
        EXPECT_GT(answers[word], 0) << word;
}

}  // namespace
}  // namespace confcast::auth
