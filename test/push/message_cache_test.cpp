#include "message_cache.hpp"

#include <gtest/gtest.h>

namespace confcast::push {
namespace {

MessagePtr message(std::size_t bytes) { return std::make_shared<const Message>("update", "", std::string(bytes, 'x')); }

TEST(MessageCache, GivesBackWhatWasPut) {
    MessageCache cache(10'000);
    const auto m = message(10);
    EXPECT_EQ(cache.find("a"), nullptr);
    cache.put("a", m);
    EXPECT_EQ(cache.find("a"), m);
    EXPECT_EQ(cache.find("b"), nullptr);
}

TEST(MessageCache, LeastRecentlyUsedGoesFirst) {
    MessageCache cache(3U * (300U + 256U));
    for (const char* key : {"a", "b", "c"}) cache.put(key, message(100));
    EXPECT_NE(cache.find("a"), nullptr);
    cache.put("d", message(100));
    EXPECT_EQ(cache.find("b"), nullptr);
    EXPECT_NE(cache.find("a"), nullptr);
    EXPECT_NE(cache.find("c"), nullptr);
    EXPECT_NE(cache.find("d"), nullptr);
}

TEST(MessageCache, StaysWithinItsBytesButKeepsTheNewest) {
    MessageCache cache(5'000);
    for (int i = 0; i < 100; ++i) {
        cache.put(std::to_string(i), message(500));
        EXPECT_LE(cache.bytes(), 5'000U);
    }
    cache.put("large", message(100'000));
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_NE(cache.find("large"), nullptr);
    cache.put("next", message(1));
    EXPECT_EQ(cache.find("large"), nullptr);
}

TEST(MessageCache, ClearForgetsAll) {
    MessageCache cache(5'000);
    cache.put("a", message(1));
    cache.clear();
    EXPECT_EQ(cache.find("a"), nullptr);
    EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace confcast::push
