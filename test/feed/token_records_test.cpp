// The records of API tokens in the feed: who is let in must not depend on how this node came to know of them.
#include "feed_fixture.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;

class TokenRecordsTest : public FeedTest {
  protected:
    Revision grant(const std::string& id, const std::string& bytes) { return store_.put(layout_.token_key(id), bytes); }
    Revision revoke(const std::string& id) { return store_.remove(layout_.token_key(id)); }
    std::string known() const {
        std::string all;
        for (const auto& [id, record] : feed_->tokens())
            all += id + "=" + record.bytes + "@" + std::to_string(record.revision) + " ";
        return all;
    }
};

TEST_F(TokenRecordsTest, AreThereFromTheFirstListOn) {
    grant("a", "1");
    grant("b", "2");
    revoke("a");
    start_and_catch_up();
    EXPECT_EQ(known(), "b=2@" + std::to_string(store_.revision() - 1) + " ");
}

TEST_F(TokenRecordsTest, FollowTheWatch) {
    start_and_catch_up();
    const Revision first = grant("a", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(known(), "a=1@" + std::to_string(first) + " ");
    const Revision second = grant("a", "2");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(known(), "a=2@" + std::to_string(second) + " ");
    revoke("a");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(known(), "");
}

TEST_F(TokenRecordsTest, AreToldBeforeWhateverElseTheirRevisionDid) {
    start_and_catch_up();
    heard().clear();
    store::Transaction both;
    both.puts.push_back({layout_.entry_key("key"), "v"});
    both.puts.push_back({layout_.token_key("a"), "1"});
    const Revision with = store_.commit_now(both).revision;
    ASSERT_TRUE(caught_up());
    const Revision alone = grant("b", "2");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("tokens a=1", std::to_string(with) + ": key=v", "tokens a=1 b=2",
                                     "advance " + std::to_string(alone)));
}

TEST_F(TokenRecordsTest, ARevocationThatTheWatchMissedIsInTheNextList) {
    grant("a", "1");
    grant("b", "2");
    start_and_catch_up();
    store_.break_watches();
    revoke("a");
    write("key", "v");
    store_.drop_history();
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->stats().relists, 1U);
    EXPECT_EQ(known().substr(0, 3), "b=2");
    EXPECT_EQ(feed_->tokens().size(), 1U);
}

TEST_F(TokenRecordsTest, AnotherHistoryHasItsOwn) {
    grant("a", "1");
    start_and_catch_up();
    store_.break_watches();
    store_.wipe({7});
    grant("b", "2");
    ASSERT_TRUE(until([this] { return feed_->position().epoch.id == 7 && !feed_->stale_since(); }));
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->tokens().count("a"), 0U);
    EXPECT_EQ(feed_->tokens().count("b"), 1U);
}

TEST_F(TokenRecordsTest, ARevocationThatWasLostInSilenceIsFound) {
    grant("a", "1");
    options_.anti_entropy = std::chrono::milliseconds{1};
    options_.confirm = std::chrono::milliseconds{1};
    options_.patience = std::chrono::milliseconds{0};
    start_and_catch_up();
    store_.lose_next_revision();
    revoke("a");
    write("key", "v");
    ASSERT_TRUE(until([this] { return feed_->tokens().empty(); }));
}

TEST_F(TokenRecordsTest, AreNoSettings) {
    start_and_catch_up();
    grant("a", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->state().size(), 0U);
    EXPECT_TRUE(listener_->changes.empty());
}

}  // namespace
}  // namespace confcast::feed::test
