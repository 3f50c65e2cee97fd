// Random histories, replayed, repeated, reordered, broken off and compacted away: whatever comes, State equals the
// store's, and who follows the feed has seen the effect of everything.
#include <random>
#include <set>

#include "feed_fixture.hpp"

namespace confcast::feed::test {
namespace {

/// Key -> "value m<mod_revision>".
using Model = std::map<std::string, std::string>;

void apply_to(Model& model, const Change& change) {
    for (const KeyChange& event : change.events) {
        if (event.is_delete())
            model.erase(event.key);
        else
            model[event.key] = event.entry->value + " m" + std::to_string(event.entry->mod_revision);
    }
}

Model model_of(const State& state) {
    Model model;
    for (const auto& [key, entry] : state.entries())
        model[key] = entry->value + " m" + std::to_string(entry->mod_revision);
    return model;
}

/// A subscriber that lags: a cursor on the Journal and what it made of what it was given.
struct Subscriber {
    Revision cursor = 0;
    Model model;

    void take_state(const Feed& feed) {
        model = model_of(feed.state());
        cursor = feed.position().revision;
    }
    void catch_up(const Feed& feed) {
        if (cursor < feed.journal().floor()) return take_state(feed);
        for (auto it = feed.journal().after(cursor); it != feed.journal().end(); ++it) apply_to(model, **it);
        cursor = feed.position().revision;
    }
    void coalesced(const Feed& feed) {
        if (cursor < feed.state().tombstone_floor()) return take_state(feed);
        feed.state().changed_since(cursor, [&](Revision, const KeyChange& event) {
            apply_to(model, Change{0, {event}});
            return true;
        });
        cursor = feed.position().revision;
    }
};

class Subscribers final : public FeedListener {
  public:
    explicit Subscribers(const Feed& feed) : feed_(feed) {}
    std::vector<Subscriber> all{5};

  private:
    void on_change(const ChangePtr&) override {}
    void on_advance(Revision) override {}
    void on_epoch(Epoch) override {
        for (Subscriber& one : all) one.take_state(feed_);
    }
    const Feed& feed_;
};

class FeedProperty : public FeedTest, public testing::WithParamInterface<unsigned> {
  protected:
    int upto(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
    bool one_in(int n) { return upto(n) == 0; }
    std::string any_key() { return "k" + std::to_string(upto(12)); }

    /// One random transaction; its events are remembered as a watch would tell them.
    void write_something() {
        store::Transaction transaction;
        std::set<std::string> named;
        for (int n = upto(3); n >= 0; --n) {
            const std::string key = any_key();
            if (!named.insert(key).second) continue;
            if (one_in(3)) {
                transaction.deletes.push_back(layout_.entry_key(key));
                if (one_in(2)) transaction.deletes.push_back(layout_.meta_key(key));
                continue;
            }
            if (!one_in(8)) transaction.puts.push_back({layout_.entry_key(key), std::to_string(upto(1'000)), 0});
            store::Metadata meta;
            meta.author = "author" + std::to_string(upto(100));
            if (one_in(2)) transaction.puts.push_back({layout_.meta_key(key), store::encode_metadata(meta), 0});
        }
        if (one_in(10)) transaction.puts.push_back({"/config/a//b", "foreign", 0});
        if (one_in(10)) transaction.puts.push_back({"/elsewhere", "x", 0});
        const auto done = store_.commit_now(transaction);
        std::vector<store::Event> events;
        for (std::size_t i = 0; i < done.puts.size(); ++i) {
            store::KeyValue kv = done.puts[i];
            kv.value = transaction.puts[i].value;
            if (kv.key != "/elsewhere") events.push_back({store::Event::Type::put, kv});
        }
        for (std::size_t i = 0; i < done.deleted.size(); ++i)
            if (done.deleted[i]) events.push_back(delete_event(transaction.deletes[i], done.revision));
        if (!events.empty()) history_[done.revision] = events;
    }

    /// All events of the revisions in [from, to] in one batch, in any order, some twice.
    store::WatchBatch muddled(Revision from, Revision to) {
        store::WatchBatch batch{to, {}};
        for (auto it = history_.lower_bound(from); it != history_.end() && it->first <= to; ++it)
            for (const store::Event& event : it->second)
                for (int n = one_in(4) ? 2 : 1; n > 0; --n) batch.events.push_back(event);
        std::ranges::shuffle(batch.events, random_);
        if (one_in(4)) batch.events.push_back(put_event("", "keyless", to));
        if (one_in(4)) batch.events.push_back(put_event("/config/k1", "no revision", 0));
        return batch;
    }
    Revision some_revision() { return 1 + upto(static_cast<int>(store_.revision())); }

    /// What the history makes of settings, by itself: revision -> "5: a=1 -b" without those that say nothing.
    std::vector<std::string> true_changes() const {
        std::vector<std::string> out;
        for (const auto& [revision, events] : history_) {
            Change change{revision, {}};
            for (const store::Event& event : events) {
                const auto place = layout_.place_of(event.kv.key);
                if (place.kind != store::Layout::Kind::entry || place.key == "a//b") continue;
                const std::string key(place.key);
                change.events.push_back(event.type == store::Event::Type::del ? del(key)
                                                                              : put(key, event.kv.value, revision));
            }
            std::ranges::sort(change.events, {}, &KeyChange::key);
            if (!change.events.empty()) out.push_back(text(change));
        }
        return out;
    }

    void expect_order_and_uniqueness() const {
        Revision last = 0;
        std::set<std::pair<std::string, Revision>> told;
        for (const ChangePtr& change : listener_->changes) {
            EXPECT_GT(change->revision, last);
            last = change->revision;
            EXPECT_TRUE(std::ranges::is_sorted(change->events, {}, &KeyChange::key));
            for (const KeyChange& event : change->events)
                if (!event.is_delete())
                    EXPECT_TRUE(told.emplace(event.key, event.entry->mod_revision).second) << text(*change);
        }
    }

    std::mt19937 random_{GetParam()};
    std::map<Revision, std::vector<store::Event>> history_;
};

// Nothing is lost here, only said again and again and in any order: so every true change is told exactly once.
TEST_P(FeedProperty, TellsEveryTrueChangeOnceAndInOrderHoweverItIsRepeated) {
    start_and_catch_up();
    for (int step = 0; step < 60; ++step) {
        store_.hold_watches();
        for (int n = upto(5); n >= 0; --n) write_something();
        // New revisions arrive together and muddled; then the store's own batches repeat them.
        if (one_in(2)) store_.inject(muddled(feed_->position().revision + 1, store_.revision()));
        // Whole prefixes, and pieces from the middle, come again.
        if (one_in(3)) store_.inject(muddled(1, some_revision()));
        if (one_in(3)) {
            const Revision from = 1 + upto(static_cast<int>(feed_->position().revision));
            store_.inject(muddled(from, std::min(store_.revision(), from + upto(4))));
        }
        store_.release_watches();
        if (one_in(5)) store_.break_watches();
        if (one_in(2)) ASSERT_TRUE(caught_up());
    }
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(held(), expected());
    std::vector<std::string> told;
    for (const ChangePtr& change : listener_->changes) told.push_back(text(*change));
    EXPECT_EQ(told, true_changes());
    expect_order_and_uniqueness();
    EXPECT_EQ(feed_->stats().relists, 0U);
    EXPECT_GT(feed_->stats().duplicates, 0U);
    EXPECT_GT(feed_->stats().discarded, 0U);
}

// Everything that can go wrong does, but for a lost event without a trace: State and all followers converge.
TEST_P(FeedProperty, ConvergesThroughLossCompactionAndReplacement) {
    options_.journal.max_changes = 20;
    options_.max_tombstones = 10;
    options_.list_page = 4;
    for (int n = 0; n < 30; ++n) write_something();
    make();
    Subscribers subscribers(*feed_);
    feed_->add_listener(subscribers);
    tasks_.spawn("replicator", feed_->run_replicator());
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    std::uint64_t epoch = 1;
    for (int step = 0; step < 120; ++step) {
        for (int n = upto(4); n > 0; --n) write_something();
        switch (upto(12)) {
            case 0:
                store_.break_watches();
                break;
            case 1:  // away, and back with less history
                store_.fail_next(static_cast<std::size_t>(upto(5)), Errc::store_unavailable);
                store_.break_watches();
                for (int n = upto(10); n > 0; --n) write_something();
                store_.compact_now(some_revision());
                break;
            case 2:
                store_.compact_now(some_revision());
                break;
            case 3:  // revisions overtake each other: some come late
                store_.hold_watches();
                for (int n = 0; n < 4; ++n) write_something();
                for (int n = 0; n < 4; ++n) {
                    const Revision one = store_.revision() - upto(4);
                    store_.inject(muddled(one, one));
                }
                store_.release_watches();
                break;
            case 4:
                store_.inject(muddled(some_revision(), store_.revision()));
                break;
            case 5:
                if (one_in(4)) {
                    store_.wipe({++epoch});
                    history_.clear();
                    for (int n = 0; n < 5; ++n) write_something();
                    store_.break_watches();
                }
                break;
            default:
                break;
        }
        for (int n = upto(30); n > 0; --n) {
            if (io_.stopped()) io_.restart();
            io_.poll_one();
        }
        for (Subscriber& one : subscribers.all) {
            if (one_in(4)) one.catch_up(*feed_);
            if (one_in(8)) one.coalesced(*feed_);
        }
    }
    store_.heal();
    ASSERT_TRUE(until([&] { return feed_->position().epoch == Epoch{epoch}; }));
    ASSERT_TRUE(caught_up());
    // A late event may still be waiting for its repair.
    write_something();
    ASSERT_TRUE(until([this] { return held() == expected() && caught_up(); }));
    const Model truth = model_of(feed_->state());
    for (Subscriber& one : subscribers.all) {
        one.catch_up(*feed_);
        EXPECT_EQ(one.model, truth);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FeedProperty, testing::Range(0U, 40U));

}  // namespace
}  // namespace confcast::feed::test
