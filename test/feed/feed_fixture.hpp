// A feed over the tests' store, with somebody who listens.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "confcast/base/task_group.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/test/memory_store.hpp"
#include "confcast/test/recording_log.hpp"
#include "confcast/test/run.hpp"
#include "make.hpp"

namespace confcast::feed::test {

using confcast::test::MemoryStore;

/// Writes down what it is told, and checks at each change that State and Journal have it already.
class Listener final : public FeedListener {
  public:
    explicit Listener(const Feed& feed) : feed_(feed) {}

    std::vector<std::string> heard;  // "5: a=1 -b", "advance 6", "epoch 1"
    std::vector<ChangePtr> changes;

  private:
    void on_change(const ChangePtr& change) override {
        heard.push_back(text(*change));
        changes.push_back(change);
        EXPECT_EQ(feed_.state().revision(), change->revision);
        EXPECT_EQ(feed_.journal().head(), change->revision);
        EXPECT_EQ(feed_.position().revision, change->revision);
        for (const KeyChange& event : change->events) EXPECT_EQ(feed_.state().find(event.key), event.entry);
    }
    void on_advance(Revision revision) override { heard.push_back("advance " + std::to_string(revision)); }
    void on_epoch(Epoch epoch) override { heard.push_back("epoch " + std::to_string(epoch.id)); }
    void on_tokens() override {
        std::string line = "tokens";
        for (const auto& [id, record] : feed_.tokens()) line += " " + id + "=" + record.bytes;
        heard.push_back(line);
    }

    const Feed& feed_;
};

class FeedTest : public testing::Test {
  protected:
    FeedTest() {
        options_.backoff_min = std::chrono::milliseconds{1};
        options_.backoff_max = std::chrono::milliseconds{2};
        options_.anti_entropy = std::chrono::milliseconds{0};
    }
    ~FeedTest() override { stop(); }

    /// Makes the feed and its listener; start() also lets it run.
    void make() {
        feed_.emplace(io_.get_executor(), store_, layout_, options_, clock_, log_);
        listener_.emplace(*feed_);
        feed_->add_listener(*listener_);
    }
    void start() {
        make();
        tasks_.spawn("replicator", feed_->run_replicator());
    }
    void start_and_catch_up() {
        start();
        ASSERT_TRUE(until([this] { return feed_->ready(); }));
        ASSERT_TRUE(caught_up());
    }
    void stop() {
        tasks_.cancel();
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        io_.restart();
        while (tasks_.size() > 0 && std::chrono::steady_clock::now() < end) io_.run_one_until(end);
        EXPECT_EQ(tasks_.size(), 0U) << "the replicator does not end";
        confcast::test::settle(io_);
    }

    /// Lets the loop run until it holds; false after ten seconds of real time: a hang.
    template <class Holds>
    bool until(const Holds& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        io_.restart();
        while (!holds()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            io_.run_one_until(end);
            if (io_.stopped()) io_.restart();
        }
        return true;
    }
    bool caught_up() {
        return until([this] { return feed_->position().revision >= store_.revision() && !feed_->stale_since(); });
    }

    Revision write(const std::string& key, const std::string& value, const std::string& author = {}) {
        store::Transaction transaction;
        transaction.puts.push_back({layout_.entry_key(key), value, 0});
        if (!author.empty()) {
            store::Metadata meta;
            meta.author = author;
            transaction.puts.push_back({layout_.meta_key(key), store::encode_metadata(meta), 0});
        }
        return store_.commit_now(transaction).revision;
    }
    Revision erase(const std::string& key) { return store_.remove(layout_.entry_key(key)); }

    /// What a reader of the store alone would make of it: not by the feed's own code.
    std::map<std::string, std::string> expected() const {
        std::map<std::string, std::string> out;
        const auto all = store_.contents();
        for (const auto& kv : all) {
            const auto place = layout_.place_of(kv.key);
            if (place.kind != store::Layout::Kind::entry || !store::check_key(place.key)) continue;
            std::string author;
            for (const auto& other : all)
                if (other.key == layout_.meta_key(place.key) && other.mod_revision == kv.mod_revision)
                    author = store::decode_metadata(other.value).value_or(store::Metadata{}).author;
            out[std::string(place.key)] = described(kv.value, kv.create_revision, kv.mod_revision, kv.version, author);
        }
        return out;
    }
    std::map<std::string, std::string> held() const {
        std::map<std::string, std::string> out;
        for (const auto& [key, entry] : feed_->state().entries())
            out[key] = described(entry->value, entry->create_revision, entry->mod_revision, entry->version,
                                 entry->meta.author);
        return out;
    }
    static std::string described(const std::string& value, Revision created, Revision modified, std::int64_t version,
                                 const std::string& author) {
        return value + " c" + std::to_string(created) + " m" + std::to_string(modified) + " v" +
               std::to_string(version) + " " + author;
    }

    std::vector<std::string>& heard() { return listener_->heard; }

    asio::io_context io_{1};
    ManualClock clock_;
    confcast::test::RecordingLog log_;
    MemoryStore store_{io_.get_executor(), clock_};
    store::Layout layout_ = layout();
    FeedOptions options_;
    std::optional<Feed> feed_;
    std::optional<Listener> listener_;
    TaskGroup tasks_{io_.get_executor(), log_};
};

}  // namespace confcast::feed::test
