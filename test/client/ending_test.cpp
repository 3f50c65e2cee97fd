// How streams end, and when the client comes back.
#include "stream_fixture.hpp"

namespace confcast::client::test {
namespace {

using std::chrono::milliseconds;
using Ended = StreamTest;
const Filters app{.prefixes = {"app/"}};

TEST_F(Ended, ItSaysWhenItIsLiveAndWhenStale) {
    Heard heard;
    watch(app, heard);
    EXPECT_EQ(machine().status().state, StreamState::idle);
    live(5, {});
    EXPECT_EQ(machine().status().position, (Position{std::string(epoch_a), 5}));
    EXPECT_EQ(machine().status().server, "server:1");
    EXPECT_EQ(machine().status().session, "s");
    lose();
    EXPECT_EQ(states, (std::vector<std::string>{"stale", "live", "stale"}));
    EXPECT_EQ(machine().status().failure->message, "lost");
    EXPECT_EQ(machine().status().position.revision, 5) << "of what was told";
}

TEST_F(Ended, LiveIsWhatHasCaughtUp) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    lose();
    begin();
    say(welcome(5, "changes", "caught_up"));
    EXPECT_EQ(machine().status().state, StreamState::stale) << "what was missed is still to come";
    say(update(9, {put("app/a", "1", 9)}));
    EXPECT_EQ(machine().status().state, StreamState::live);
    lose();
    begin();
    say(welcome(9, "changes", "current"));
    EXPECT_EQ(machine().status().state, StreamState::live);
}

TEST_F(Ended, ChangesOfWhichNoneMatchesDoNotKeepItFromBeingLive) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    EXPECT_FALSE(machine().catching_up());
    lose();
    begin();
    EXPECT_FALSE(machine().catching_up());
    say(welcome(5, "changes", "caught_up"));
    EXPECT_TRUE(machine().catching_up());
    machine().on_quiet(clock.now());
    EXPECT_EQ(machine().status().state, StreamState::live);
}

TEST_F(Ended, TheValuesAreToldBeforeItIsLive) {
    Heard heard;
    options.on_status = [&](const Status& status) { heard.emplace_back(name_of(status.state)); };
    watch(app, heard);
    live(5, {});
    EXPECT_EQ(heard, (Heard{"stale", "initial@5", "live"}));
}

TEST_F(Ended, AttemptsAreSpreadBetweenNothingAndACeilingThatDoubles) {
    Heard heard;
    watch(app, heard);
    random = 0.999999;
    std::vector<std::int64_t> delays;
    for (int i = 0; i < 8; ++i) {
        begin();
        delays.push_back(lose().delay.count());
    }
    EXPECT_EQ(delays, (std::vector<std::int64_t>{100, 200, 400, 800, 1'600, 3'200, 5'000, 5'000}));
    random = 0;
    begin();
    EXPECT_EQ(lose().delay, milliseconds{0});
}

TEST_F(Ended, OnlyAStreamThatWasHealthyForAWhileMakesGood) {
    Heard heard;
    watch(app, heard);
    random = 0.999999;
    for (int i = 0; i < 4; ++i) {
        begin();
        lose();
    }
    live(5, {});
    EXPECT_EQ(lose().delay, milliseconds{1'600}) << "it went at once: one more failure";
    live(5, {});
    clock.advance(milliseconds{5'000});
    EXPECT_EQ(lose().delay, milliseconds{100});
}

TEST_F(Ended, AServerThatGoesAwayTellsWhenToComeBack) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    say(goaway(5, 730));
    const Next next = closed(1012, "server is draining, come back");
    EXPECT_TRUE(next.again);
    EXPECT_EQ(next.delay, milliseconds{730});
    EXPECT_EQ(begin().since->revision, 5);
    EXPECT_EQ(lose().delay, milliseconds{50}) << "it was said of the server that went";
}

TEST_F(Ended, AGoawayBeforeTheWelcomeKeepsThePosition) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    lose();
    begin();
    say(goaway(0, 100));
    closed(1012);
    EXPECT_EQ(begin().since->revision, 5);
}

TEST_F(Ended, AGoawayWithoutAPositionAfterTheWelcomeTakesIt) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    say(goaway(0, 100));
    closed(1012);
    EXPECT_FALSE(begin().since);
}

TEST_F(Ended, AnAbsurdGoawayIsCutDown) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    say(goaway(5, 2'000'000'000));
    EXPECT_EQ(closed(1012).delay, std::chrono::minutes{5});
}

struct CloseCase {
    std::uint16_t code;
    bool again;
};
class CloseCode : public StreamTest, public ::testing::WithParamInterface<CloseCase> {};

TEST_P(CloseCode, SaysWhetherToComeBack) {
    Heard heard;
    StreamTest::watch(app, heard);
    live(5, {});
    EXPECT_EQ(closed(GetParam().code, "why").again, GetParam().again);
    EXPECT_EQ(machine().status().state, GetParam().again ? StreamState::stale : StreamState::failed);
    EXPECT_EQ(machine().status().failure->message,
              "the server closed the stream with " + std::to_string(GetParam().code) + ": why");
    EXPECT_EQ(begin().since->revision, 5) << "whoever comes back goes on";
}

INSTANTIATE_TEST_SUITE_P(All, CloseCode,
                         ::testing::Values(CloseCase{1000, false}, CloseCase{1001, true}, CloseCase{1002, false},
                                           CloseCase{1006, true}, CloseCase{1007, false}, CloseCase{1008, false},
                                           CloseCase{1009, false}, CloseCase{1011, true}, CloseCase{1012, true},
                                           CloseCase{4001, false}, CloseCase{4002, false}, CloseCase{4003, true},
                                           CloseCase{4008, true}));

TEST_F(Ended, AServerThatDoesNotWantUsIsNotAskedAgain) {
    Heard heard;
    watch(app, heard);
    begin();
    EXPECT_FALSE(refused(403).again);
    EXPECT_EQ(machine().status().state, StreamState::failed);
    begin();
    EXPECT_EQ(machine().status().state, StreamState::stale) << "told to try again";
}

TEST_F(Ended, ABusyServerIsAskedAgain) {
    Heard heard;
    watch(app, heard);
    for (const unsigned status : {408U, 425U, 429U, 500U, 502U, 503U, 504U}) {
        begin();
        EXPECT_TRUE(refused(status).again) << status;
    }
}

TEST_F(Ended, RetryAfterIsHonouredWithinReason) {
    Heard heard;
    watch(app, heard);
    begin();
    Ending ending;
    ending.failure.kind = FailureKind::answered;
    ending.failure.status = 503;
    ending.failure.retry_after = std::chrono::seconds{7};
    EXPECT_EQ(machine().on_ended(ending, clock.now()).delay, std::chrono::seconds{7});
    begin();
    ending.failure.retry_after = std::chrono::hours{7};
    EXPECT_EQ(machine().on_ended(ending, clock.now()).delay, std::chrono::minutes{1});
}

TEST_F(Ended, APositionThatIsRefusedIsGivenUp) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    lose();
    begin();
    EXPECT_TRUE(refused(400, 40010).again);
    EXPECT_FALSE(begin().since);
}

TEST_F(Ended, AllServersAreTriedBeforeAnythingIsWaitedFor) {
    options.servers = 3;
    Heard heard;
    watch(app, heard);
    std::vector<std::int64_t> delays;
    for (int i = 0; i < 7; ++i) {
        begin();
        delays.push_back(lose().delay.count());
    }
    EXPECT_EQ(delays, (std::vector<std::int64_t>{0, 0, 50, 0, 0, 100, 0}));
}

TEST_F(Ended, OneServerThatDoesNotWantUsIsNotAllOfThem) {
    options.servers = 2;
    Heard heard;
    watch(app, heard);
    begin();
    EXPECT_TRUE(refused(404).again);
    begin();
    EXPECT_TRUE(lose().again);
    begin();
    EXPECT_TRUE(refused(404).again);
    begin();
    EXPECT_FALSE(refused(404).again) << "both, one after the other";
}

TEST_F(Ended, WithoutSubscribersThereIsNoComingBack) {
    Heard heard;
    const auto id = watch(app, heard);
    live(5, {});
    machine().unwatch(id);
    EXPECT_FALSE(lose().again);
    machine().on_idle();
    EXPECT_EQ(machine().status().state, StreamState::idle);
}

}  // namespace
}  // namespace confcast::client::test
