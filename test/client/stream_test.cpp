// What subscribers hear of one stream.
#include "stream_fixture.hpp"

namespace confcast::client::test {
namespace {

using Stream = StreamTest;
const Filters app{.prefixes = {"app/"}};

TEST_F(Stream, ASubscriberHearsTheStateOnceAndThenEachChange) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 3), put("app/b", "2", 5)});
    say(update(6, {put("app/a", "3", 6)}));
    say(update(8, {del("app/b", 8), put("app/c", "4", 8)}));
    EXPECT_EQ(heard, (Heard{"initial@5 app/a=1#3 app/b=2#5", "update@6 app/a=3#6", "update@8 -app/b#8 app/c=4#8"}));
}

TEST_F(Stream, NothingThatMatchesIsToldToo) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    EXPECT_EQ(heard, Heard{"initial@5"});
}

TEST_F(Stream, ASnapshotCountsOnlyWhenItsLastPageIsThere) {
    Heard heard;
    watch(app, heard);
    begin();
    say(welcome(0, "none", "fresh"));
    say(page(0, {put("app/a", "1", 3)}, true));
    say(page(0, {put("app/b", "1", 3)}, true));
    EXPECT_EQ(heard, Heard{});
    say(page(5, {put("app/c", "1", 4)}));
    EXPECT_EQ(heard, Heard{"initial@5 app/a=1#3 app/b=1#3 app/c=1#4"});
}

TEST_F(Stream, AfterHalfASnapshotThereIsNoPosition) {
    Heard heard;
    watch(app, heard);
    begin();
    say(welcome(0, "none", "fresh"));
    say(page(0, {put("app/a", "1", 3)}, true));
    lose();
    EXPECT_FALSE(begin().since);
    say(welcome(0, "none", "fresh"));
    say(page(6, {put("app/b", "1", 6)}));
    EXPECT_EQ(heard, Heard{"initial@6 app/b=1#6"});
}

TEST_F(Stream, ItIsResumedWhereItWas) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    say(bookmark(9));
    lose();
    const Opening opening = begin();
    EXPECT_EQ(opening.since, (Position{std::string(epoch_a), 9}));
    say(welcome(9, "changes", "caught_up"));
    say(update(10, {put("app/a", "2", 10)}));
    EXPECT_EQ(heard, (Heard{"initial@5 app/a=1#3", "update@10 app/a=2#10"}));
}

TEST_F(Stream, MayBeginAtAPosition) {
    Heard heard;
    const auto record = [&heard](const Change& change) { heard.push_back(to_text(change)); };
    ASSERT_TRUE(machine().watch_since(app, record, {std::string(epoch_a), 7}));
    EXPECT_EQ(begin().since, (Position{std::string(epoch_a), 7}));
    say(welcome(7, "changes", "caught_up"));
    say(update(8, {put("app/a", "1", 8)}));
    say(update(9, {del("app/b", 9)}));
    lose();
    EXPECT_EQ(begin().since, (Position{std::string(epoch_a), 9}));
    say(welcome(9, "changes", "caught_up"));
    say(update(10, {del("app/a", 10)}));
    EXPECT_EQ(heard, (Heard{"update@8 app/a=1#8", "update@9 -app/b#9", "update@10 -app/a#10"}));
    EXPECT_FALSE(machine().take_saved(true)) << "what it holds is a part of what is there";
}

TEST_F(Stream, ThatBeganAtALostPositionGetsTheState) {
    Heard heard;
    const auto record = [&heard](const Change& change) { heard.push_back(to_text(change)); };
    ASSERT_TRUE(machine().watch_since(app, record, {std::string(epoch_a), 7}));
    begin();
    say(welcome(0, "snapshot", "compacted"));
    say(page(20, {put("app/a", "1", 3)}));
    say(update(21, {del("app/none", 21), del("app/a", 21)}));
    EXPECT_EQ(heard, (Heard{"snapshot@20 app/a=1#3", "update@21 -app/a#21"}));
}

TEST_F(Stream, ThatBeginsAtAPositionIsAlone) {
    Heard heard;
    const auto nothing = [](const Change&) {};
    EXPECT_EQ(machine().watch_since(app, nothing, {"", 7}).error(), Errc::invalid_since);
    EXPECT_EQ(machine().watch_since(app, nothing, {std::string(epoch_a), 0}).error(), Errc::invalid_since);
    ASSERT_TRUE(machine().watch_since(app, nothing, {std::string(epoch_a), 7}));
    EXPECT_EQ(machine().watch(app, nothing).error(), Errc::invalid_since);
    EXPECT_EQ(machine().watch_since(app, nothing, {std::string(epoch_a), 7}).error(), Errc::invalid_since);
}

TEST_F(Stream, ThatHasBegunOtherwiseTakesNoPosition) {
    Heard heard;
    watch(app, heard);
    EXPECT_EQ(machine().watch_since(app, [](const Change&) {}, {std::string(epoch_a), 7}).error(), Errc::invalid_since);
}

TEST_F(Stream, ASnapshotAfterBeingAwayIsTheDifferenceInOneCall) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1), put("app/b", "1", 2), put("app/c", "1", 3)});
    lose();
    begin();
    say(welcome(0, "snapshot", "compacted"));
    say(page(0, {put("app/a", "1", 1)}, true));
    say(page(20, {put("app/b", "2", 19), put("app/d", "1", 12)}));
    EXPECT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard.back(), "snapshot@20 app/b=2#19 -app/c#20 app/d=1#12");
}

TEST_F(Stream, ASnapshotThatTellsNothingNewIsSilent) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    lose();
    begin();
    say(welcome(0, "snapshot", "compacted"));
    say(page(20, {put("app/a", "1", 1)}));
    EXPECT_EQ(heard.size(), 1U);
    EXPECT_EQ(machine().status().position.revision, 20);
}

TEST_F(Stream, AValueThatWasWrittenAgainIsAChangeInOneHistory) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    lose();
    begin();
    say(welcome(0, "snapshot", "compacted"));
    say(page(20, {put("app/a", "1", 7)}));
    EXPECT_EQ(heard.back(), "snapshot@20 app/a=1#7");
}

TEST_F(Stream, AcrossHistoriesValuesAreCompared) {
    Heard heard;
    watch(app, heard);
    live(50, {put("app/a", "1", 1), put("app/b", "1", 2), put("app/c", "1", 3)});
    lose();
    begin();
    say(welcome(0, "snapshot", "epoch_changed", epoch_b));
    say(page(4, {put("app/a", "1", 3), put("app/b", "2", 2)}));
    EXPECT_EQ(heard.back(), "snapshot@4 app/b=2#2 -app/c#4");
    EXPECT_EQ(machine().status().position, (Position{std::string(epoch_b), 4}));
    say(update(5, {put("app/a", "9", 5)}));
    EXPECT_EQ(heard.back(), "update@5 app/a=9#5");
}

TEST_F(Stream, AnotherHistoryCanBeginOnTheSameStream) {
    Heard heard;
    watch(app, heard);
    live(50, {put("app/a", "1", 1)});
    say(welcome(0, "snapshot", "epoch_changed", epoch_b));
    lose();
    EXPECT_FALSE(begin().since) << "the old position is void";
    say(welcome(0, "none", "fresh", epoch_b));
    say(page(3, {put("app/a", "1", 2)}));
    EXPECT_EQ(heard.size(), 1U) << "the same value in another history is no news";
}

TEST_F(Stream, AStoreThatHasLostItsEndIsComparedByValueToo) {
    Heard heard;
    watch(app, heard);
    live(50, {put("app/a", "old", 40), put("app/b", "1", 41)});
    lose();
    begin();
    say(welcome(0, "snapshot", "ahead"));
    say(page(42, {put("app/a", "new", 40), put("app/b", "1", 42)}));
    EXPECT_EQ(heard.back(), "snapshot@42 app/a=new#40") << "revision 40 was given twice";
}

TEST_F(Stream, AnUnannouncedSnapshotIsOfEverything) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1), put("app/b", "1", 2)});
    say(page(0, {put("app/a", "1", 1)}, true));
    EXPECT_EQ(heard.size(), 1U);
    say(page(900, {put("app/c", "1", 800)}));
    EXPECT_EQ(heard.back(), "snapshot@900 -app/b#900 app/c=1#800");
}

TEST_F(Stream, FoldedRevisionsSayFromWhere) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    say(update(90, {put("app/a", "7", 80), put("app/b", "1", 90)}, 5));
    EXPECT_EQ(heard.back(), "update@90(5) app/a=7#80 app/b=1#90");
}

TEST_F(Stream, WhatCameAndWentWhileFoldedIsNotTold) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    say(update(90, {del("app/x", 80)}, 5));
    EXPECT_EQ(heard.size(), 1U);
    EXPECT_EQ(machine().status().position.revision, 90);
}

TEST_F(Stream, AnUpdateThatComesTwiceIsPassedOver) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    say(update(6, {put("app/a", "2", 6)}));
    say(update(6, {put("app/a", "2", 6)}));
    say(update(4, {put("app/a", "0", 4)}));
    EXPECT_EQ(heard.size(), 2U);
    EXPECT_EQ(machine().duplicates(), 2U);
    EXPECT_EQ(machine().status().position.revision, 6);
}

TEST_F(Stream, AnEventThatIsOlderThanWhatIsKnownIsPassedOver) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 5), put("app/b", "1", 5)});
    say(update(9, {put("app/a", "0", 4), del("app/b", 3), put("app/c", "2", 9)}, 3));
    EXPECT_EQ(heard.back(), "update@9(3) app/c=2#9");
}

TEST_F(Stream, ABookmarkNeverMovesBack) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    say(bookmark(9));
    say(bookmark(7));
    EXPECT_EQ(machine().status().position.revision, 9);
}

TEST_F(Stream, BytesThatAreNoTextArrive) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    const std::string bytes("\x80\x00\xff", 3);
    say(update(6, {put("app/a", bytes, 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=" + bytes + "#6");
}

TEST_F(Stream, WhatNewerServersSayIsPassedOver) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    say(R"({"seq_id":5,"type":"rollout","payload":{"x":1},"more":true})");
    say(update(6, {put("app/a", "1", 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=1#6");
}

class Nonsense : public StreamTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(Nonsense, EndsTheStreamAndTheNextBeginsFromNothing) {
    Heard heard;
    StreamTest::watch(app, heard);
    live(5, {put("app/a", "1", 1)});
    EXPECT_TRUE(refuses(GetParam())) << GetParam();
    EXPECT_EQ(machine().status().state, StreamState::stale);
    EXPECT_FALSE(begin().since);
    say(welcome(0, "none", "fresh"));
    say(page(9, {put("app/a", "2", 9)}));
    EXPECT_EQ(heard.back(), "snapshot@9 app/a=2#9") << "and nothing is lost by it";
}

INSTANTIATE_TEST_SUITE_P(
    All, Nonsense,
    ::testing::Values("", "{", "[]", "null", R"({"seq_id":1})", R"({"seq_id":-1,"type":"bookmark","payload":{}})",
                      R"({"seq_id":"1","type":"bookmark","payload":{}})", R"({"seq_id":1,"type":"update"})",
                      R"({"seq_id":6,"type":"update","payload":{"events":{}}})",
                      R"({"seq_id":6,"type":"update","payload":{"events":[{"op":"put"}]}})",
                      R"({"seq_id":6,"type":"update","payload":{"events":[{"op":"move","key":"a","mod_revision":6}]}})",
                      R"({"seq_id":6,"type":"snapshot","payload":{"entries":[]}})", page(6, {}, true),
                      page(0, {}, false), welcome(6, "changes", "current"),
                      in_force("subscribed", 6, {.prefixes = {"app/", "b/"}})));

TEST_F(Stream, NothingComesBeforeTheWelcome) {
    Heard heard;
    watch(app, heard);
    for (const std::string& message : {page(5, {}), update(5, {put("app/a", "1", 5)}), bookmark(5)}) {
        begin();
        EXPECT_TRUE(refuses(message)) << message;
    }
}

TEST_F(Stream, AnUpdateBetweenPagesIsRefused) {
    Heard heard;
    watch(app, heard);
    begin();
    say(welcome(0, "none", "fresh"));
    say(page(0, {}, true));
    EXPECT_TRUE(refuses(update(6, {put("app/a", "1", 6)})));
}

TEST_F(Stream, AWelcomeDoesNotMoveThePosition) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    lose();
    begin();
    EXPECT_TRUE(refuses(welcome(7, "changes", "current"))) << "6 and 7 would be lost";
}

TEST_F(Stream, AResumeInAnotherHistoryIsRefused) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    lose();
    begin();
    EXPECT_TRUE(refuses(welcome(5, "changes", "current", epoch_b)));
}

}  // namespace
}  // namespace confcast::client::test
