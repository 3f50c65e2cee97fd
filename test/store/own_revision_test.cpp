// Which writes do not share their revision.
#include "confcast/store/own_revision.hpp"

#include <gtest/gtest.h>

#include "confcast/store/notification.hpp"
#include "confcast/store/record.hpp"

namespace confcast::store {
namespace {

class OwnRevision : public testing::Test {
  protected:
    bool needed(std::vector<Put> puts, std::vector<std::string> deletes = {}) const {
        return needs_own_revision({{}, std::move(puts), std::move(deletes)}, layout_);
    }

    Layout layout_ = *Layout::make("/config/");
    TraceContext trace_ = *TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
};

TEST_F(OwnRevision, ASettingWithoutATraceNeedsNone) {
    Metadata metadata;
    metadata.author = "me";
    EXPECT_FALSE(needed({{layout_.entry_key("a"), "traceparent: none", 0},
                         {layout_.meta_key("a"), encode_metadata(metadata), 0},
                         {layout_.idempotency_key("i"), "x", 0}}));
    EXPECT_FALSE(needed({}, {layout_.entry_key("a"), layout_.meta_key("a")}));
}

TEST_F(OwnRevision, WhatBringsATraceDoes) {
    EXPECT_TRUE(needed({{layout_.entry_key("a"), "v", 0}, {layout_.meta_key("a"), encode_metadata({}, trace_), 0}}));
    EXPECT_TRUE(needed({{layout_.trace_key(), encode_trace(trace_), 0}}, {layout_.entry_key("a")}));
}

TEST_F(OwnRevision, ANotificationDoes) {
    EXPECT_TRUE(needed({{layout_.notification_key("n"), encode_notification({"t", "e", "1", "{}"}), 0}}));
    EXPECT_FALSE(needed({}, {layout_.notification_key("n")})) << "its end is told to nobody";
}

}  // namespace
}  // namespace confcast::store
