// How long changes take through the hub, as it counts that.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using namespace std::chrono_literals;

class StreamTiming : public StreamTest {
  protected:
    feed::Revision put_written(std::string_view key, SystemTime at) {
        node();
        store::Metadata meta;
        meta.updated_at = at;
        store::Transaction write;
        write.puts.push_back({"/config/" + std::string(key), "1"});
        write.puts.push_back({"/config.confcast/meta/" + std::string(key), store::encode_metadata(meta)});
        const auto revision = store.commit_now(write).revision;
        run();
        return revision;
    }
    const Histogram& push() { return hub().stats().push_seconds; }
    const Histogram& delivery() { return hub().stats().delivery_seconds; }
};

TEST_F(StreamTiming, CountsFromWhenTheChangeWasSeenUntilItsLastByteHasLeft) {
    auto& client = open_quiet({});
    put("a", "1");
    clock.advance(7ms);
    client.complete();
    EXPECT_EQ(push().count(), 1U);
    EXPECT_DOUBLE_EQ(push().sum(), 0.007);
    EXPECT_EQ(delivery().count(), 0U) << "nobody knows when a write by hand was made";
}

TEST_F(StreamTiming, CountsFromWhenTheChangeWasWritten) {
    auto& client = open_quiet({});
    put_written("a", clock.wall() - 40ms);
    clock.advance(2ms);
    client.complete();
    EXPECT_DOUBLE_EQ(delivery().sum(), 0.042);
    put_written("b", clock.wall() + 1h);
    clock.advance(3ms);
    client.complete();
    EXPECT_DOUBLE_EQ(delivery().sum(), 0.045) << "another node's clock may be ahead";
}

TEST_F(StreamTiming, OfWhatWaitedTheOldestCounts) {
    auto& client = open_quiet({});
    put("a", "1");
    clock.advance(10ms);
    put("a", "2");
    clock.advance(10ms);
    put("a", "3");
    client.complete();  // the first: 20 ms
    clock.advance(5ms);
    client.complete();  // the two others in one write: 15 ms
    EXPECT_EQ(push().count(), 2U);
    EXPECT_DOUBLE_EQ(push().sum(), 0.035);
}

TEST_F(StreamTiming, CatchingUpIsNoDelivery) {
    const auto before = put("a", "1");
    put("a", "2");
    clock.advance(1h);
    Subscription again;
    again.since = Since{{}, before};
    auto& client = open(std::move(again));
    client.complete_all();
    EXPECT_EQ(client.take().back().type, "update");
    EXPECT_EQ(push().count(), 0U);
    put("a", "3");
    client.complete_all();
    EXPECT_EQ(push().count(), 1U);
}

TEST_F(StreamTiming, NeitherSnapshotsNorBookmarksAreTimed) {
    put("a", "1");
    auto& client = open(prefix("b"));
    client.complete_all();
    put("a", "2");
    clock.advance(1h);
    hub().tick();
    client.complete_all();
    EXPECT_EQ(push().count(), 0U);
}

TEST_F(StreamTiming, SessionsAreCountedByTransportAndFiltersByHowOftenTheyAreHeld) {
    auto& first = open_quiet(prefix("a/"));
    open_quiet(prefix("a/"));
    EXPECT_EQ(hub().stats().sessions[static_cast<std::size_t>(Framing::websocket)], 2U);
    EXPECT_EQ(hub().stats().sessions[static_cast<std::size_t>(Framing::sse)], 0U);
    EXPECT_EQ(hub().filters().distinct, 1U);
    EXPECT_EQ(hub().filters().held, 2U);
    first.events->on_closed();
    EXPECT_EQ(hub().stats().sessions[static_cast<std::size_t>(Framing::websocket)], 1U);
    EXPECT_EQ(hub().filters().held, 1U);
}

}  // namespace
}  // namespace confcast::push::test
