#include "confcast/auth/token_book.hpp"

#include <gtest/gtest.h>

#include "signer.hpp"

namespace confcast::auth {
namespace {

using test::at;
using test::now_s;
using test::reason_of;

NewToken a_token(const std::string& name = "a", std::optional<SystemTime> expires = std::nullopt) {
    return make_token(name, *Permissions::parse(std::vector<std::string>{"read:**"}), expires, at(now_s));
}

TEST(TokenBook, FindsWhoseTextItIs) {
    TokenBook book;
    const NewToken file = a_token("in the file");
    const NewToken store = a_token("in the store");
    book.replace_file({file.token});
    book.put(store.token, 42);
    const auto one = book.find(file.text, at(now_s));
    ASSERT_TRUE(one);
    EXPECT_EQ((*one)->kind, Principal::Kind::token);
    EXPECT_EQ((*one)->id, "token:" + file.token.id);
    EXPECT_EQ((*one)->name, "in the file");
    EXPECT_EQ((*one)->changed, 0);
    EXPECT_TRUE((*one)->permissions.reads_all());
    const auto other = book.find(store.text, at(now_s));
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->changed, 42);
}

TEST(TokenBook, TellsAnUnknownTokenAndAWrongSecretAlike) {
    TokenBook book;
    const NewToken known = a_token();
    book.replace_file({known.token});
    std::string wrong = known.text;
    wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
    const auto unknown = book.find(a_token().text, at(now_s));
    const auto guessed = book.find(wrong, at(now_s));
    ASSERT_FALSE(unknown);
    ASSERT_FALSE(guessed);
    EXPECT_EQ(unknown.error().to_string(), guessed.error().to_string());
    EXPECT_EQ(unknown.error(), Errc::unauthenticated);
    EXPECT_EQ(reason_of(unknown), "invalid");
    EXPECT_EQ(reason_of(book.find("confcast_", at(now_s))), "malformed");
}

TEST(TokenBook, TellsThatATokenIsOverOnlyToItsOwner) {
    TokenBook book;
    const NewToken known = a_token("a", at(now_s + 10));
    book.put(known.token, 1);
    EXPECT_TRUE(book.find(known.text, at(now_s + 10) - std::chrono::milliseconds(1)));
    EXPECT_EQ(reason_of(book.find(known.text, at(now_s + 10))), "expired");
    std::string wrong = known.text;
    wrong[30] = wrong[30] == 'A' ? 'B' : 'A';
    EXPECT_EQ(reason_of(book.find(wrong, at(now_s + 10))), "invalid");
}

TEST(TokenBook, GivesTheSameObjectWhileNothingChanges) {
    TokenBook book;
    const NewToken a = a_token("a");
    const NewToken b = a_token("b");
    const NewToken c = a_token("c");
    book.replace_file({a.token, b.token});
    book.put(c.token, 7);
    const auto first = *book.find(a.text, at(now_s));
    const auto stored = *book.find(c.text, at(now_s));
    Token renamed = b.token;
    renamed.name = "bb";
    book.replace_file({renamed, a.token});
    book.put(c.token, 7);
    EXPECT_EQ(*book.find(a.text, at(now_s)), first);
    EXPECT_EQ(*book.find(c.text, at(now_s)), stored);
    EXPECT_EQ((*book.find(b.text, at(now_s)))->name, "bb");
    book.put(c.token, 8);
    EXPECT_NE(*book.find(c.text, at(now_s)), stored);
    EXPECT_EQ((*book.find(c.text, at(now_s)))->changed, 8);
}

TEST(TokenBook, ForgetsWhatIsGone) {
    TokenBook book;
    const NewToken file = a_token("f");
    const NewToken store = a_token("s");
    book.replace_file({file.token});
    book.put(store.token, 1);
    EXPECT_FALSE(book.erase(file.token.id));  // the store has no such
    EXPECT_TRUE(book.erase(store.token.id));
    EXPECT_FALSE(book.erase(store.token.id));
    EXPECT_EQ(reason_of(book.find(store.text, at(now_s))), "invalid");
    EXPECT_TRUE(book.find(file.text, at(now_s)));
    book.put(store.token, 2);
    book.clear_stored();
    EXPECT_EQ(reason_of(book.find(store.text, at(now_s))), "invalid");
    book.replace_file({});
    EXPECT_EQ(reason_of(book.find(file.text, at(now_s))), "invalid");
    EXPECT_EQ(book.size(), 0U);
}

TEST(TokenBook, ListsByIdAndPrefersTheFile) {
    TokenBook book;
    const std::string hash(64, 'a');
    const auto token = [&](const std::string& id, const std::string& name) {
        return Token{id, name, hash, std::nullopt, std::nullopt, {}};
    };
    book.put(token("0000000000000003", "s3"), 3);
    book.put(token("0000000000000001", "s1"), 1);
    book.put(token("0000000000000002", "s2"), 2);
    book.replace_file(
        {token("0000000000000004", "f4"), token("0000000000000002", "f2"), token("0000000000000004", "twice")});
    std::vector<std::string> names;
    for (const TokenBook::Entry* entry : book.list()) names.push_back(entry->token.name);
    EXPECT_EQ(names, (std::vector<std::string>{"s1", "f2", "s3", "f4"}));
    EXPECT_EQ(book.list()[0]->revision, 1);
    EXPECT_EQ(book.list()[1]->source, TokenBook::Source::file);
    EXPECT_EQ(book.size(), 4U);
    EXPECT_EQ(book.stored(), 3U);
    EXPECT_EQ(book.by_id("0000000000000002")->token.name, "f2");
    EXPECT_EQ(book.by_id("0000000000000009"), nullptr);
}

}  // namespace
}  // namespace confcast::auth
