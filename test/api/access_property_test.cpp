// Thousands of (key, permission) pairs, asked in every way that there is, against a model that a child could check.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "access_world.hpp"

namespace confcast::api {
namespace {

using Words = std::vector<std::string>;

// ---- the model: what docs/security.md says of globs, without a thought for time

bool naive_words(const std::string& glob, const std::string& text) {
    if (glob.empty()) return text.empty();
    if (glob[0] == '*')
        return naive_words(glob.substr(1), text) || (!text.empty() && naive_words(glob, text.substr(1)));
    return !text.empty() && glob[0] == text[0] && naive_words(glob.substr(1), text.substr(1));
}

Words split(const std::string& text) {
    Words out{""};
    for (const char c : text) {
        if (c == '/')
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

bool naive(const Words& glob, const Words& key, std::size_t g = 0, std::size_t k = 0) {
    if (g == glob.size()) return k == key.size();
    if (glob[g] != "**") return k < key.size() && naive_words(glob[g], key[k]) && naive(glob, key, g + 1, k + 1);
    if (g + 1 == glob.size()) return k < key.size();
    return naive(glob, key, g + 1, k) || (k < key.size() && naive(glob, key, g, k + 1));
}

class Asked : public AccessTest {
  protected:
    std::string path(const Words& words) {
        std::string text = words[random() % words.size()];
        for (std::size_t n = random() % 3; n > 0; --n) text += "/" + words[random() % words.size()];
        return text;
    }
    std::mt19937 random{20261123};
};

TEST_F(Asked, TenThousandPairsAreAnsweredAsTheModelSays) {
    std::set<std::string> keys;
    while (keys.size() < 40) keys.insert(path({"a", "b", "ab", "c"}));
    for (const std::string& key : keys) world.by_hand(key, "v");
    std::size_t pairs = 0;
    std::size_t readable = 0;
    std::size_t writable = 0;
    for (int round = 0; round < 260; ++round) {
        Words reads;
        Words writes;
        Words texts;
        for (std::size_t n = random() % 4; n > 0; --n) {
            const std::string glob = path({"a", "b", "ab", "*", "a*", "**"});
            const auto what = random() % 3;
            if (what != 1) reads.push_back(glob);
            if (what != 0) writes.push_back(glob);
            texts.push_back((what == 0 ? "read:" : what == 1 ? "write:" : "read,write:") + glob);
        }
        const auto allows = [](const Words& globs, const std::string& key) {
            return std::ranges::any_of(globs, [&](const auto& glob) { return naive(split(glob), split(key)); });
        };
        file.tokens.clear();
        const std::string who = token("t", texts);
        std::set<std::string> seen;
        std::string cursor;
        do {
            const Reply page =
                world.get("/api/v1/config?limit=7" + (cursor.empty() ? "" : "&cursor=" + cursor), by(who));
            for (const auto& entry : page.at("/entries").as_array()) seen.emplace(entry.at("key").as_string());
            cursor = page.at("/next_cursor").is_null() ? "" : page.text("/next_cursor");
        } while (!cursor.empty());
        for (const std::string& key : keys) {
            ++pairs;
            const bool may_read = allows(reads, key);
            const bool may_write = allows(writes, key);
            readable += may_read ? 1U : 0U;
            writable += may_write ? 1U : 0U;
            ASSERT_EQ(world.get("/api/v1/config/" + key, by(who)).status, may_read ? 200U : 404U) << key;
            ASSERT_EQ(seen.contains(key), may_read) << key;
            const Reply write = world.put("/api/v1/config/" + key + "?dry_run=true", R"({"value":"w"})",
                                          {{"Content-Type", "application/json"}, bearer(who)});
            ASSERT_EQ(write.status, may_write ? 200U : 403U) << key;
        }
    }
    EXPECT_GE(pairs, 10'000U);
    EXPECT_GT(readable, pairs / 10);
    EXPECT_GT(writable, pairs / 10);
}

}  // namespace
}  // namespace confcast::api
