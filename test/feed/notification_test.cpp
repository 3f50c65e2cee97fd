// Notifications in the feed: what the watch and the list make of them, and the log of those that the store still has.
#include "confcast/feed/notification_log.hpp"

#include "feed_fixture.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NotificationPtr made(const std::string& id, Revision revision, std::size_t payload = 1) {
    return std::make_shared<const Notification>(id, revision,
                                                store::Notification{"t", id, "0", std::string(payload, '1')});
}

std::vector<std::string> ids(const NotificationLog& log, Revision after = 0) {
    std::vector<std::string> out;
    for (auto at = log.after(after); at != log.end(); ++at) out.push_back(at->second->id);
    return out;
}

TEST(NotificationLog, HoldsThemByRevision) {
    NotificationLog log;
    EXPECT_TRUE(log.add(made("b", 5)));
    EXPECT_TRUE(log.add(made("a", 7)));
    EXPECT_TRUE(log.add(made("c", 5)));
    EXPECT_THAT(ids(log), ElementsAre("b", "c", "a"));
    EXPECT_THAT(ids(log, 4), ElementsAre("b", "c", "a"));
    EXPECT_THAT(ids(log, 5), ElementsAre("a"));
    EXPECT_THAT(ids(log, 7), IsEmpty());
    EXPECT_FALSE(log.add(made("b", 9))) << "it is there";
}

TEST(NotificationLog, ForgetsWhatTheStoreHasNoMore) {
    NotificationLog log;
    log.add(made("a", 5));
    log.add(made("b", 6));
    log.forget("a");
    log.forget("none");
    EXPECT_THAT(ids(log), ElementsAre("b"));
    EXPECT_EQ(log.floor(), 0) << "it had lived its time";
    EXPECT_TRUE(log.add(made("a", 9)));
    EXPECT_EQ(log.bytes(), 2 * weight(*made("a", 1)));
    log.clear();
    EXPECT_EQ(log.bytes(), 0U);
    EXPECT_EQ(log.size(), 0U);
}

TEST(NotificationLog, DropsTheOldestOverItsLimits) {
    NotificationLog log({.max_count = 2, .max_bytes = 1000});
    for (int i = 1; i <= 3; ++i) log.add(made(std::to_string(i), i));
    EXPECT_THAT(ids(log), ElementsAre("2", "3"));
    EXPECT_EQ(log.floor(), 1);
    EXPECT_FALSE(log.add(made("again", 1))) << "as old as what was dropped";
    log.add(made("big", 4, 900));
    EXPECT_THAT(ids(log), ElementsAre("3", "big"));
    log.add(made("huge", 5, 5000));
    EXPECT_THAT(ids(log), ElementsAre("huge")) << "the newest stays";
    EXPECT_EQ(log.floor(), 4);
}

class FeedNotifications : public FeedTest {
  protected:
    Revision notify(const std::string& id, const std::string& topic = "jobs") {
        return store_.put(layout_.notification_key(id), store::encode_notification({topic, id, "0", "1"}));
    }
    /// "id@revision" of all that the listener was told.
    std::vector<std::string> told() const {
        std::vector<std::string> out;
        for (const ChangePtr& change : listener_->changes)
            for (const NotificationPtr& one : change->notifications)
                out.push_back(one->id + '@' + std::to_string(one->revision));
        return out;
    }
};

TEST_F(FeedNotifications, AreToldInTheirRevision) {
    start_and_catch_up();
    const Revision first = notify("a");
    write("x", "1");
    notify("b");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(told(), ElementsAre("a@2", "b@4"));
    EXPECT_EQ(listener_->changes[0]->revision, first);
    EXPECT_TRUE(listener_->changes[0]->events.empty());
    EXPECT_THAT(ids(feed_->notifications()), ElementsAre("a", "b"));
    EXPECT_EQ(feed_->stats().notifications, 2U);
    EXPECT_EQ(feed_->journal().size(), 3U);
}

TEST_F(FeedNotifications, AreForgottenWhenTheirTimeIsOver) {
    start_and_catch_up();
    notify("a");
    store_.remove(layout_.notification_key("a"));
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(told(), ElementsAre("a@2"));
    EXPECT_EQ(feed_->notifications().size(), 0U);
    EXPECT_EQ(feed_->position().revision, 3);
}

TEST_F(FeedNotifications, OfBeforeTheStartAreKnownAndNotTold) {
    notify("a");
    notify("b");
    store_.remove(layout_.notification_key("a"));
    store_.drop_history();
    start_and_catch_up();
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_THAT(ids(feed_->notifications()), ElementsAre("b"));
}

TEST_F(FeedNotifications, ThatAListShowsAreToldOnce) {
    start_and_catch_up();
    notify("a");
    ASSERT_TRUE(caught_up());
    store_.hold_watches();
    notify("b");
    write("x", "1");
    notify("gone");
    store_.remove(layout_.notification_key("gone"));
    notify("c");
    store_.drop_history();
    store_.break_watches();
    store_.release_watches();
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(told(), ElementsAre("a@2", "b@3", "c@7"));
    EXPECT_EQ(feed_->stats().relists, 1U);
    EXPECT_EQ(listener_->changes.back()->revision, 7);
    EXPECT_TRUE(listener_->changes.back()->is_difference);
}

TEST_F(FeedNotifications, AreOfOneHistory) {
    start_and_catch_up();
    notify("a");
    ASSERT_TRUE(caught_up());
    store_.wipe(Epoch{77});
    notify("b");
    store_.break_watches();
    ASSERT_TRUE(until([this] { return feed_->position().epoch == Epoch{77} && !feed_->stale_since(); }));
    EXPECT_THAT(ids(feed_->notifications()), ElementsAre("b"));
}

TEST_F(FeedNotifications, ThatAreNoneAreCountedAndNotTold) {
    start_and_catch_up();
    store_.put(layout_.notification_key("a"), "hello");
    notify("b");
    notify("b");
    store_.put(layout_.idempotency_key("k"), "x");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(told(), ElementsAre("b@3"));
    EXPECT_EQ(feed_->stats().foreign, 2U);
    EXPECT_EQ(feed_->position().revision, 5);
}

}  // namespace
}  // namespace confcast::feed::test
