#include "confcast/load/push_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace confcast::load {
namespace {

TEST(PushMessage, ReadsPositionTypeAndPublication) {
    auto message = scan_message(
        R"({"seq_id":42,"type":"update","payload":{"events":[{"op":"put","key":"k","value":"17 xx","mod_revision":42}]}})");
    EXPECT_EQ(message.seq_id, 42U);
    EXPECT_EQ(message.type, "update");
    EXPECT_FALSE(message.coalesced_from);
    EXPECT_EQ(next_publication(message.payload, 5), 17U);
    EXPECT_FALSE(next_publication(message.payload, 5));
}

TEST(PushMessage, FindsAllPublicationsOfAFoldedUpdate) {
    auto message = scan_message(
        R"({"seq_id":9,"type":"update","payload":{"coalesced_from":3,"events":[{"key":"a","value":"1 "},{"key":"b","value":"2 "}]}})");
    EXPECT_EQ(message.coalesced_from, 3U);
    EXPECT_EQ(next_publication(message.payload, 2), 1U);
    EXPECT_EQ(next_publication(message.payload, 2), 2U);
}

TEST(PushMessage, FindsCoalescedFromBehindLongValues) {
    const auto json = R"({"seq_id":9,"type":"update","payload":{"events":[{"value":"1 )" + std::string(16'384, 'x') +
                      R"("}],"coalesced_from":7}})";
    EXPECT_EQ(scan_message(json).coalesced_from, 7U);
}

TEST(PushMessage, OtherShapesHaveNoType) {
    for (const auto* json : {"", "{}", R"({"type":"update"})", R"({"seq_id":x,"type":"update"})", R"({"seq_id":1})"})
        EXPECT_EQ(scan_message(json).type, "") << json;
}

}  // namespace
}  // namespace confcast::load
