// Two hundred subscribers join while settings are written: none sees a gap, a repeat, a reordered or torn revision.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "watcher.hpp"
#include "writers.hpp"

namespace confcast::test {
namespace {

// Writes allowed for each subscriber that joins: they happen while it does.
constexpr std::uint64_t writes_per_join = sanitized() ? 10 : 40;

using Crowd = std::vector<std::unique_ptr<Watcher>>;

void drain_all(Crowd& crowd) {
    for (auto& watcher : crowd) watcher->drain();
}

void expect_all_agree(const Server& server, Crowd& crowd, const std::string& prefix, std::int64_t last) {
    const auto state = list_all(server, prefix);
    for (auto& watcher : crowd) {
        ASSERT_TRUE(watcher->until([&](const Model& model) {
            return model.position() >= last && !model.in_snapshot();
        })) << "at "
            << watcher->model().position() << " of " << last << ", closed with " << watcher->socket().close_code();
        EXPECT_EQ(watcher->model().violations(), std::vector<std::string>{});
        EXPECT_EQ(watcher->model().entries(), state);
    }
}

TEST(Joining, TwoHundredSubscribersDuringWritesMissNothing) {
    const Server server;
    Writers writers(server, {.threads = 4, .keys = 20, .pair_threads = 2, .delete_every = 5, .on_allowance = true});
    Crowd crowd;
    while (crowd.size() < 200) {
        writers.allow(writes_per_join);
        crowd.push_back(std::make_unique<Watcher>(server, "prefix=load/", Model("load/pair/")));
        if (crowd.size() % 10 == 0) drain_all(crowd);
    }
    // Everybody is in: a few hundred more writes that all see live.
    const auto joined_at = writers.acknowledged();
    writers.allow(300);
    while (writers.acknowledged() < joined_at + 250) ASSERT_TRUE(crowd.front()->next_of("update"));
    writers.stop();
    EXPECT_EQ(writers.failures(), 0U);
    expect_all_agree(server, crowd, "load/", writers.last_revision());
}

TEST(Joining, SubscribersThatLeaveAndResumeDuringWritesMissNothing) {
    const Server server;
    Writers writers(server, {.threads = 4, .keys = 20, .pair_threads = 2, .delete_every = 5, .on_allowance = true});
    Crowd crowd;
    for (int i = 0; i < 20; ++i)
        crowd.push_back(std::make_unique<Watcher>(server, "prefix=load/", Model("load/pair/")));
    for (int round = 0; round < 10; ++round) {
        for (auto& watcher : crowd) {
            writers.allow(writes_per_join);
            ASSERT_TRUE(watcher->next_of("update"));
            watcher->drain();
            if (watcher->model().in_snapshot() || watcher->model().position() == 0) continue;
            auto model = watcher->model();
            watcher->socket().abort();
            watcher = std::make_unique<Watcher>(server, "prefix=load/&since=" + model.since(), model);
            ASSERT_TRUE(watcher->next_of("welcome"));
            EXPECT_NE(watcher->model().resume(), "snapshot");
        }
    }
    writers.stop();
    expect_all_agree(server, crowd, "load/", writers.last_revision());
}

}  // namespace
}  // namespace confcast::test
