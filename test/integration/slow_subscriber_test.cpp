// A subscriber that stops reading while thousands of writes happen: it must not cost memory, and when it reads again it
// must come to the store's state, told that revisions were folded.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "watcher.hpp"
#include "writers.hpp"

namespace confcast::test {
namespace {

constexpr int small_buffer = 8 << 10;
constexpr int tiny_buffer = 2 << 10;

void write_until(const Server& server, WriterPlan plan, std::uint64_t count, Writers*& writers,
                 std::unique_ptr<Writers>& owner) {
    owner = std::make_unique<Writers>(server, std::move(plan));
    writers = owner.get();
    // A live subscriber paces the test: no clock, no sleep.
    Watcher pace(server, "prefix=load/&snapshot=false");
    while (writers->acknowledged() < count) ASSERT_TRUE(pace.next_of("update"));
    writers->stop();
}

TEST(SlowSubscriber, ConvergesWithFoldedRevisionsAndFlatMemory) {
    constexpr std::size_t stopped_count = 20;
    constexpr std::size_t value_bytes = 1024;
    constexpr std::uint64_t writes = 10'000;
    const Server server({.flags = {"--write-timeout", "300s", "--ping-interval", "300s"}});
    server.put("load/before", "x");

    std::vector<std::unique_ptr<Watcher>> stopped;
    for (std::size_t i = 0; i < stopped_count; ++i) {
        stopped.push_back(std::make_unique<Watcher>(server, "prefix=load/", Model("load/pair/"), small_buffer));
        ASSERT_TRUE(stopped.back()->until([](const Model& model) { return model.snapshots() == 1; }));
    }
    const auto memory_before = server.resident_bytes();

    Writers* writers = nullptr;
    std::unique_ptr<Writers> owner;
    write_until(server, {.threads = 32, .keys = 20, .value_bytes = value_bytes, .pair_threads = 2}, writes, writers,
                owner);
    ASSERT_EQ(writers->failures(), 0U);

    // The journal keeps what was written, once, for all; a queue for each subscriber would keep it twenty times.
    if (!sanitized()) {
        const auto written = writers->acknowledged() * value_bytes;
        const auto grown = server.resident_bytes() - memory_before;
        EXPECT_LT(grown, 4 * written + (48U << 20U)) << written << " bytes written";
    }

    const auto state = list_all(server, "load/");
    for (const auto& watcher : stopped) {
        const auto& model = watcher->model();
        ASSERT_TRUE(watcher->until([&](const Model& m) { return m.position() >= writers->last_revision(); }))
            << "stream closed with " << watcher->socket().close_code();
        EXPECT_EQ(model.entries(), state);
        EXPECT_TRUE(model.coalesced() > 0 || model.snapshots() > 1);
        EXPECT_LT(model.updates(), writers->acknowledged());
        EXPECT_EQ(model.violations(), std::vector<std::string>{});
    }
    const auto& first = stopped.front()->model();
    EXPECT_GT(first.coalesced(), 0U);
}

TEST(SlowSubscriber, FoldedUpdatesCarryDeletes) {
    const Server server({.flags = {"--write-timeout", "300s", "--ping-interval", "300s"}});
    Watcher stopped(server, "prefix=load/", Model{}, small_buffer);
    ASSERT_TRUE(stopped.until([](const Model& model) { return model.snapshots() == 1; }));
    Writers* writers = nullptr;
    std::unique_ptr<Writers> owner;
    write_until(server, {.threads = 16, .keys = 20, .value_bytes = 2048, .delete_every = 7}, 6'000, writers, owner);
    const auto state = list_all(server, "load/");
    ASSERT_TRUE(stopped.until([&](const Model& model) { return model.position() >= writers->last_revision(); }));
    EXPECT_EQ(stopped.model().entries(), state);
    EXPECT_EQ(stopped.model().violations(), std::vector<std::string>{});
}

// One write to it takes longer than the write time-out, and it stays all the same.
TEST(SlowSubscriber, AClientThatGoesOnAcceptingIsNotClosed) {
    const Server server({.flags = {"--write-timeout", "1s"}});
    Watcher slow(server, "prefix=load/", Model{}, tiny_buffer);
    ASSERT_TRUE(slow.until([](const Model& model) { return model.snapshots() == 1; }));
    Writers writers(server, {.threads = 8, .keys = 10, .value_bytes = 1024});
    for (const auto end = load::Clock::now() + std::chrono::seconds{5}; load::Clock::now() < end;) {
        ASSERT_TRUE(slow.next()) << "closed with " << slow.socket().close_code();
        std::this_thread::sleep_for(std::chrono::milliseconds{100});  // what makes it slow
    }
    writers.stop();
    EXPECT_TRUE(slow.until([&](const Model& model) { return model.position() >= writers.last_revision(); }));
    EXPECT_GT(slow.model().coalesced(), 0U) << "it was not slow: the test tests nothing";
    EXPECT_EQ(slow.model().violations(), std::vector<std::string>{});
}

TEST(SlowSubscriber, AClientThatAcceptsNoByteIsClosedAndTheOthersLive) {
    const Server server({.flags = {"--write-timeout", "1s"}});
    Watcher stopped(server, "prefix=load/", Model{}, small_buffer);
    Watcher reader(server, "prefix=load/");
    ASSERT_TRUE(stopped.until([](const Model& model) { return model.snapshots() == 1; }));
    Writers writers(server, {.threads = 8, .keys = 500, .value_bytes = 16'384});
    // The kernel's buffers take some megabytes first; then the clock of the write time-out runs.
    const auto metric = [&] { return server.http().get("/metrics").body; };
    const auto deadline = load::Clock::now() + std::chrono::seconds{90};
    bool closed = false;
    while (!closed && load::Clock::now() < deadline) {
        reader.next();
        reader.drain();
        stopped.socket().send_raw("");  // a peer that has gone is found out by reading only
        closed = metric().find("confcast_push_sessions{transport=\"websocket\"} 1\n") != std::string::npos;
    }
    writers.stop();
    EXPECT_TRUE(closed) << "the stopped subscriber is still counted";
    ASSERT_TRUE(reader.until([&](const Model& model) { return model.position() >= writers.last_revision(); }));
    EXPECT_EQ(reader.model().violations(), std::vector<std::string>{});
}

}  // namespace
}  // namespace confcast::test
