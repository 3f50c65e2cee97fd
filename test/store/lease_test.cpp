// What the embedded store adds to the contract of leases.
#include <gmock/gmock.h>

#include "embedded_fixture.hpp"
#include "fault_vfs.hpp"

namespace confcast::test {
namespace {

using std::chrono::seconds;

class EmbeddedLease : public EmbeddedTest {
  protected:
    store::LeaseId leased(const std::string& key, std::int64_t ttl_s) {
        const auto lease = run(db().grant(ttl_s)).value();
        auto transaction = put_of(key, "v");
        transaction.puts[0].lease = lease.id;
        run(db().commit(transaction)).value();
        return lease.id;
    }
};

TEST_F(EmbeddedLease, EndsAtItsTimeAndNotBefore) {
    open();
    leased("a", 10);
    clock.advance(std::chrono::milliseconds{9'999});
    tick();
    EXPECT_EQ(get("a"), "v");
    clock.advance(std::chrono::milliseconds{1});
    tick();
    EXPECT_EQ(get("a"), "(none)");
    EXPECT_EQ(db().stats().leases_expired, 1U);
}

TEST_F(EmbeddedLease, SeveralThatEndTogetherHaveARevisionEach) {
    open();
    for (int i = 0; i < 5; ++i) leased("k" + std::to_string(i), 10);
    const auto before = status().revision;
    clock.advance(seconds{10});
    tick();
    EXPECT_EQ(status().revision, before + 5);
}

TEST_F(EmbeddedLease, HasItsFullTimeAnewAfterARestart) {
    open();
    leased("a", 10);
    clock.advance(seconds{9});
    reopen();
    clock.advance(seconds{9});
    tick();
    EXPECT_EQ(get("a"), "v");
    clock.advance(seconds{1});
    tick();
    EXPECT_EQ(get("a"), "(none)");
}

TEST_F(EmbeddedLease, CannotBeKeptAliveWhenItsTimeIsOver) {
    open();
    const auto id = leased("a", 10);
    clock.advance(seconds{10});
    EXPECT_EQ(run(db().keep_alive(id)).error().code(), Errc::lease_not_found);
}

TEST_F(EmbeddedLease, OfTheLongestTimeNeverEnds) {
    open();
    leased("a", 9'000'000'000);
    clock.advance(std::chrono::hours{24 * 365 * 5});
    tick();
    EXPECT_EQ(get("a"), "v");
}

TEST_F(EmbeddedLease, EndsByTheStoresOwnTimer) {
    open();
    leased("a", 10);
    clock.advance(seconds{10});
    io.restart();
    for (int i = 0; i < 100 && db().stats().leases_expired == 0; ++i) io.run_one();
    EXPECT_EQ(get("a"), "(none)");
}

TEST_F(EmbeddedLease, ThatEndsWhileTheDiskIsFullEndsWhenThereIsRoom) {
    faults().heal();
    options.vfs = fault_vfs();
    open();
    leased("a", 10);
    faults().write = SQLITE_FULL;
    clock.advance(seconds{10});
    tick();
    EXPECT_EQ(get("a"), "v");
    faults().heal();
    tick();
    tick();
    EXPECT_EQ(get("a"), "(none)");
    EXPECT_EQ(db().stats().leases_expired, 1U);
}

TEST_F(EmbeddedLease, LeavesNoRowsBehind) {
    open();
    leased("a", 10);
    const auto id = leased("b", 1'000);
    clock.advance(seconds{10});
    tick();
    ASSERT_TRUE(run(db().revoke(id)));
    close();
    EXPECT_EQ(sql("SELECT count(*) FROM leases"), 0);
    EXPECT_EQ(sql("SELECT count(*) FROM attached"), 0);
}

}  // namespace
}  // namespace confcast::test
