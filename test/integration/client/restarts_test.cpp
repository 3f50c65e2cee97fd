// The promise of the library in one test: fifty restarts under writes, and what the subscriber was told is what the
// store's own history says, revision by revision.
#include <csignal>
#include <set>

#include "../writers.hpp"
#include "client_fixture.hpp"
#include "confcast/base/log.hpp"
#include "confcast/store/embedded.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::client::test {
namespace {

using confcast::test::Writers;

/// What one revision did to one key: its value, or nullopt for a delete.
using Effects = std::map<std::string, std::optional<std::string>>;
using History = std::map<Revision, Effects>;

Awaitable<bool> read_history(store::Store& store, std::string prefix, History& history) {
    const auto status = co_await store.status();
    if (!status) co_return false;
    auto watch = co_await store.watch({store::KeyRange{"/config/", "/config0"}, status->oldest + 1});
    if (!watch) co_return false;
    for (Revision at = 0; at < status->revision;) {
        auto batch = co_await (*watch)->next();
        if (!batch) co_return false;
        at = batch->revision;
        for (const store::Event& event : batch->events) {
            const std::string key = event.kv.key.substr(std::string_view("/config/").size());
            if (!key.starts_with(prefix)) continue;
            const bool put = event.type == store::Event::Type::put;
            history[at][key] = put ? std::optional(event.kv.value) : std::nullopt;
        }
    }
    co_return true;
}

Effects effects_of(const Change& change) {
    Effects effects;
    for (const Event& event : change.events)
        effects[event.key] = event.deleted() ? std::nullopt : std::optional(event.value);
    return effects;
}

/// The history in (from, to] folded onto what was there: the latest of each key that differs.
Effects folded(const History& history, Revision from, Revision to, const std::set<std::string>& there) {
    Effects effects;
    for (auto at = history.upper_bound(from); at != history.end() && at->first <= to; ++at)
        for (const auto& [key, value] : at->second) effects[key] = value;
    std::erase_if(effects, [&](const auto& effect) { return !effect.second && !there.contains(effect.first); });
    return effects;
}

struct Tally {
    std::size_t exact = 0;
    std::size_t folded = 0;
};

/// Holds what was told to the history.
Tally compare(const std::vector<Change>& told, const History& history) {
    Tally tally;
    std::set<std::string> there;
    Revision last = 0;
    for (const Change& change : told) {
        const Revision to = change.position.revision;
        const bool plain = change.cause == Change::Cause::update && !change.coalesced_from;
        // Nothing that matches may lie between two plain updates.
        const auto next = history.upper_bound(last);
        if (plain) EXPECT_EQ(next == history.end() ? 0 : next->first, to) << "missed after " << last;
        EXPECT_EQ(effects_of(change), folded(history, last, to, there)) << "from " << last << " to " << to;
        for (const auto& [key, value] : effects_of(change)) {
            if (value)
                there.insert(key);
            else
                there.erase(key);
        }
        ++(plain ? tally.exact : tally.folded);
        last = to;
    }
    return tally;
}

class Restarts : public ClientTest {
  protected:
    /// SIGKILL in even rounds, SIGTERM in odd ones; in half of them the client finds nobody there for a while.
    void stop(Server& server, Client& client, int round) {
        if (round % 2 == 0) {
            server.kill();
        } else {
            server.signal(SIGTERM);
            ASSERT_TRUE(until([&] { return server.wait(std::chrono::milliseconds{0}).has_value(); }));
        }
        if (round % 4 < 2) return;
        ASSERT_TRUE(until([&] {
            const auto failure = client.status().failure;
            return failure && failure->kind == FailureKind::unreachable;
        }));
    }

    History history_of(const std::string& directory) {
        const SystemClock clock;
        NullLog log;
        store::EmbeddedOptions options;
        options.directory = directory;
        auto store = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
        if (!store) throw std::runtime_error(store.error().to_string());
        History history;
        if (!await(read_history(**store, "load/", history))) throw std::runtime_error("the history cannot be read");
        return history;
    }
};

TEST_F(Restarts, FiftyUnderWritesMissNothingAndRepeatNothing) {
    const confcast::test::TemporaryDirectory directory;
    const auto place = directory.path() / "store";
    Server server(ServerSetup{.flags = {"--log-level", "error"}, .directory = place});
    Options options = to(server);
    options.backoff_max = milliseconds{200};
    std::size_t streams = 0;
    options.on_status = [&](const Status& status) { streams += status.state == StreamState::live ? 1 : 0; };
    Client client(io, options);
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"load/"}}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.changes.size() == 1; }));
    const auto seen = [&] { return follower.changes.back().position.revision; };

    for (int round = 0; round < 50; ++round) {
        Writers writers(server, {.threads = 2, .prefix = "load/", .keys = 7, .pair_threads = 1, .delete_every = 3});
        const Revision now = server.put("load/round", std::to_string(round));
        ASSERT_TRUE(until([&] { return writers.acknowledged() >= 15 && seen() >= now; })) << "round " << round;
        ASSERT_NO_FATAL_FAILURE(stop(server, client, round)) << "round " << round;
        writers.stop();
        server.start();
    }
    const Revision last = server.put("load/last", "x");
    ASSERT_TRUE(until([&] { return seen() >= last; }));
    EXPECT_EQ(server.terminate(), 0);
    EXPECT_GE(streams, 50U);
    EXPECT_EQ(follower.violations, std::vector<std::string>{});

    const History history = history_of(place.string());
    const Tally tally = compare(follower.changes, history);
    EXPECT_EQ(seen(), history.rbegin()->first);
    EXPECT_GT(tally.exact, 500U) << "and " << tally.folded << " folded";
    RecordProperty("told_exactly", static_cast<int>(tally.exact));
    RecordProperty("told_folded", static_cast<int>(tally.folded));
}

}  // namespace
}  // namespace confcast::client::test
