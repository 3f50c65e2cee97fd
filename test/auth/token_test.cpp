#include "confcast/auth/token.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "signer.hpp"

namespace confcast::auth {
namespace {

using test::at;
using test::now_s;

Permissions made(const std::vector<std::string>& texts) { return *Permissions::parse(texts); }

TEST(Token, HasATextOfItsForm) {
    const NewToken made_token = make_token("ci", made({"read:app/**"}), at(now_s + 60), at(now_s));
    const auto& [token, text] = made_token;
    EXPECT_EQ(text.size(), 9U + 16U + 1U + 43U);
    EXPECT_TRUE(text.starts_with("confcast_" + token.id + '_'));
    EXPECT_EQ(id_of_token_text(text), token.id);
    EXPECT_TRUE(is_token_id(token.id));
    EXPECT_EQ(token.name, "ci");
    EXPECT_EQ(token.created, at(now_s));
    EXPECT_EQ(token.expires, at(now_s + 60));
    EXPECT_EQ(token.permissions, made({"read:app/**"}));
}

TEST(Token, IsKeptAsTheSha256OfItsText) {
    const NewToken made_token = make_token("ci", {}, std::nullopt, at(now_s));
    EXPECT_EQ(made_token.token.hash, hash_token_text(made_token.text));
    EXPECT_EQ(hash_token_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::string secret = made_token.text.substr(26);
    EXPECT_EQ(encode_token(made_token.token).find(secret), std::string::npos);
}

TEST(Token, IsNeverMadeTwice) {
    std::set<std::string> ids;
    std::set<std::string> texts;
    for (int i = 0; i < 1000; ++i) {
        const NewToken one = make_token("x", {}, std::nullopt, at(now_s));
        ids.insert(one.token.id);
        texts.insert(one.text.substr(26));
    }
    EXPECT_EQ(ids.size(), 1000U);
    EXPECT_EQ(texts.size(), 1000U);
}

TEST(Token, OfAnotherFormHasNoId) {
    const std::string good = "confcast_0123456789abcdef_" + std::string(43, 'A');
    EXPECT_EQ(id_of_token_text(good), "0123456789abcdef");
    for (const std::string& bad :
         {std::string(), std::string("confcast_"), good + "A", good.substr(1), good.substr(0, good.size() - 1),
          "Confcast_0123456789abcdef_" + std::string(43, 'A'), "confcast_0123456789ABCDEF_" + std::string(43, 'A'),
          "confcast_0123456789abcdeg_" + std::string(43, 'A'), "confcast-0123456789abcdef_" + std::string(43, 'A'),
          "confcast_0123456789abcdef-" + std::string(43, 'A'),
          "confcast_0123456789abcdef_" + std::string(42, 'A') + '=',
          "confcast_0123456789abcdef_" + std::string(42, 'A') + '+', good + "\n", " " + good,
          "confcast_0123456789abcdef_" + std::string(42, 'A') + '\0'})
        EXPECT_EQ(id_of_token_text(bad), std::nullopt) << bad;
}

TEST(TokenName, IsTextOfSomeLength) {
    for (const std::string& good : {std::string("a"), std::string("build server 3"),
                                    std::string("\xE9\x83\xA8\xE7\xBD\xB2"), std::string(128, 'n')})
        EXPECT_TRUE(check_token_name(good)) << good;
    for (const std::string& bad : {std::string(), std::string(129, 'n'), std::string("a\nb"), std::string("\x7F"),
                                   std::string("\xFF"), std::string(1, '\0'), std::string("\xC2\x85")}) {
        const auto checked = check_token_name(bad);
        ASSERT_FALSE(checked) << bad;
        EXPECT_EQ(checked.error(), Errc::invalid_parameter);
        EXPECT_EQ(checked.error().detail("parameter"), "name");
    }
}

const std::string hash_a(64, 'a');

TEST(TokenRecord, IsTextForPeople) {
    const Token token{"0123456789abcdef",
                      "100% ci",
                      hash_a,
                      at(1'700'000'000),
                      at(1'800'000'000) + std::chrono::milliseconds(5),
                      made({"read:app/**", "write:app/x", "admin"})};
    EXPECT_EQ(encode_token(token), "confcast-token 1\nname: 100%25 ci\nhash: " + hash_a +
                                       "\ncreated: 2023-11-14T22:13:20Z\nexpires: 2027-01-15T08:00:00.005Z\n"
                                       "permission: admin\npermission: read:app/**\npermission: write:app/x\n");
    EXPECT_EQ(decode_token(token.id, encode_token(token)), token);
}

TEST(TokenRecord, HoldsWhateverATokenIs) {
    std::vector<NewToken> all;
    all.push_back(make_token("x", {}, std::nullopt, at(now_s)));
    all.push_back(
        make_token("\xE4\xB8\xAD %25:", Permissions::all(), at(now_s) + std::chrono::microseconds(1999), at(0)));
    all.push_back(make_token(std::string(128, ':'), made({"read:a: b", "read:%"}), SystemTime::max(), at(now_s)));
    for (const NewToken& one : all) EXPECT_EQ(decode_token(one.token.id, encode_token(one.token)), one.token);
}

TEST(TokenRecord, IgnoresLinesOfLaterVersions) {
    const std::string record = "confcast-token 1\nname: a\ncolour: red\nhash: " + hash_a + "\n";
    ASSERT_TRUE(decode_token("0123456789abcdef", record));
    EXPECT_TRUE(decode_token("0123456789abcdef", record)->permissions.none());
}

TEST(TokenRecord, ThatIsNotUnderstoodIsNone) {
    const std::string head = "confcast-token 1\n";
    const std::string name = "name: a\n";
    const std::string hash = "hash: " + hash_a + "\n";
    const std::string id = "0123456789abcdef";
    ASSERT_TRUE(decode_token(id, head + name + hash));
    for (const std::string& bad :
         {std::string(), head, head + name, head + hash, "confcast-token 2\n" + name + hash, name + hash,
          head + name + name + hash, head + name + hash + hash, head + name + hash + "expires: soon\n",
          head + name + hash + "expires: 2030-01-01T00:00:00Z\nexpires: 2040-01-01T00:00:00Z\n",
          head + name + hash + "created: 1\n", head + name + hash + "permission: deny:x\n",
          head + name + hash + "permission: read:a\npermission: later:x\n",
          head + name + "hash: " + std::string(63, 'a') + "\n", head + name + "hash: " + std::string(64, 'A') + "\n",
          head + "name: %0A\n" + hash, head + "name: %\n" + hash, head + name + hash + "no colon\n",
          head + name + hash.substr(0, hash.size() - 1)})
        EXPECT_EQ(decode_token(id, bad), std::nullopt) << bad;
    for (const char* other : {"", "x", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcde/"})
        EXPECT_EQ(decode_token(other, head + name + hash), std::nullopt) << other;
}

TEST(TokenRecord, OfAnyBytesIsReadOrNot) {
    std::minstd_rand random(5);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::string good = encode_token(make_token("ci", Permissions::all(), at(now_s), at(now_s)).token);
    for (int i = 0; i < 5000; ++i) {
        std::string other = good;
        other[random() % other.size()] = static_cast<char>(random() % 256);
        if (random() % 2 == 0) other.resize(random() % other.size());
        decode_token("0123456789abcdef", other);
        id_of_token_text(other);
    }
}

}  // namespace
}  // namespace confcast::auth
