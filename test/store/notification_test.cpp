// The record of a notification in a store, and the rules of what it holds.
#include "confcast/store/notification.hpp"

#include <gtest/gtest.h>

#include "confcast/store/layout.hpp"

namespace confcast::store {
namespace {

Notification sample() { return {"jobs/done", "7", "\"2026-11-23T08:00:00Z\"", R"({"n":1})"}; }

TEST(Notification, IsTextThatPeopleCanRead) {
    EXPECT_EQ(encode_notification(sample()),
              "confcast-notification 1\n"
              "topic: jobs/done\n"
              "event-id: 7\n"
              "timestamp: \"2026-11-23T08:00:00Z\"\n"
              "payload: {\"n\":1}\n");
}

TEST(Notification, ComesBackAsItWas) {
    EXPECT_EQ(decode_notification(encode_notification(sample())), sample());
    const Notification odd{"a", "100% \xE4\xB8\xAD", "0", "\"50%\""};
    EXPECT_EQ(decode_notification(encode_notification(odd)), odd);
}

TEST(Notification, KnowsNamesThatComeLaterAreNotItsBusiness) {
    EXPECT_EQ(decode_notification(encode_notification(sample()) + "severity: high\n"), sample());
}

TEST(Notification, WhatIsNoRecordIsNone) {
    const std::string good = encode_notification(sample());
    for (const auto& bytes :
         {std::string(), std::string("{}"), std::string("confcast-meta 1\ntopic: a\nevent-id: 1\n"), good + "x",
          good + "x: %\n", good + "x: %G0\n", good + "x: \xff\n", std::string("confcast-notification 1\n"),
          std::string("confcast-notification 1\ntopic: a//b\nevent-id: 1\n"),
          std::string("confcast-notification 1\ntopic: a\n"),
          std::string("confcast-notification 1\ntopic: a\nevent-id: a%0Ab\n")})
        EXPECT_EQ(decode_notification(bytes), std::nullopt) << bytes;
}

TEST(Notification, AnEventIdHasRules) {
    EXPECT_TRUE(check_event_id("a"));
    EXPECT_TRUE(check_event_id(std::string(256, 'x')));
    EXPECT_TRUE(check_event_id("\xE4\xB8\xAD //.."));
    for (const auto& bad : {std::string(), std::string(257, 'x'), std::string("\xff"), std::string("a\nb"),
                            std::string("\x7f"), std::string("\xC2\x85")})
        EXPECT_EQ(check_event_id(bad).error(), Errc::invalid_field) << bad;
}

TEST(Notification, LivesBesideTheSettings) {
    const Layout layout = *Layout::make("/config/");
    const std::string key = layout.notification_key("ab12");
    EXPECT_EQ(key, "/config.confcast/notify/ab12");
    EXPECT_TRUE(layout.watched().contains(key));
    EXPECT_EQ(layout.place_of(key).kind, Layout::Kind::notification);
    EXPECT_EQ(layout.place_of(key).key, "ab12");
    EXPECT_EQ(layout.idempotency_key("ab12"), "/config.confcast/idempotency/ab12");
    EXPECT_EQ(layout.place_of(layout.idempotency_key("ab12")).kind, Layout::Kind::other);
}

}  // namespace
}  // namespace confcast::store
