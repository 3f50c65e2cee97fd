#include "confcast/verify/message.hpp"

#include <gtest/gtest.h>

namespace confcast::verify::test {
namespace {

using Type = Message::Type;

TEST(ReadMessage, ReadsAWelcome) {
    const auto message = read_message(
        R"({"seq_id":7,"type":"welcome","payload":{"epoch":"00ff","resume":"changes","reason":"caught_up"}})");
    EXPECT_EQ(message.type, Type::welcome);
    EXPECT_EQ(message.seq_id, 7);
    EXPECT_EQ(message.epoch, "00ff");
    EXPECT_EQ(message.resume, "changes");
    EXPECT_EQ(message.reason, "caught_up");
}

TEST(ReadMessage, ReadsAnUpdate) {
    const auto message = read_message(
        R"({"seq_id":9,"type":"update","payload":{"events":[{"op":"put","key":"a","value":"1","create_revision":3,)"
        R"("mod_revision":8,"version":4},{"op":"delete","key":"b","mod_revision":9}],"coalesced_from":5}})");
    EXPECT_EQ(message.type, Type::update);
    EXPECT_EQ(message.coalesced_from, 5);
    ASSERT_EQ(message.events.size(), 2U);
    EXPECT_EQ(message.events[0].value, "1");
    EXPECT_EQ(message.events[0].create_revision, 3);
    EXPECT_EQ(message.events[0].version, 4);
    EXPECT_TRUE(message.events[1].is_delete);
    EXPECT_EQ(message.events[1].mod_revision, 9);
}

TEST(ReadMessage, ReadsAPageOfASnapshot) {
    const auto message = read_message(
        R"({"seq_id":0,"type":"snapshot","payload":{"entries":[{"key":"a","value":"1","mod_revision":8}],"more":true}})");
    EXPECT_EQ(message.type, Type::snapshot);
    EXPECT_TRUE(message.more);
    EXPECT_FALSE(message.events.at(0).is_delete);
    EXPECT_FALSE(message.coalesced_from);
}

TEST(ReadMessage, RefusesWhatIsNoMessage) {
    EXPECT_THROW(read_message("{"), std::runtime_error);
    EXPECT_THROW(read_message("[]"), std::runtime_error);
    EXPECT_THROW(read_message(R"({"seq_id":1,"type":"update"})"), std::runtime_error);
}

}  // namespace
}  // namespace confcast::verify::test
