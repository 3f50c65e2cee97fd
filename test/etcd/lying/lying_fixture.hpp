// A feed over the etcd adapter over an etcd that lies, and somebody who writes down what he is told.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "confcast/base/task_group.hpp"
#include "confcast/etcd/etcd_store.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/test/recording_log.hpp"
#include "confcast/test/run.hpp"
#include "lying_etcd.hpp"

namespace confcast::test {

using Method = LyingEtcd::Method;

/// A subscriber: keeps the state that it is told, and what it must never be told.
class Subscriber final : public feed::FeedListener {
  public:
    explicit Subscriber(const feed::Feed& feed) : feed_(feed) {}

    std::map<std::string, std::string> state;
    std::vector<std::string> wrong;   // a revision that did not grow
    std::vector<std::string> events;  // "5 a=1", "6 -a"
    int anew = 0;                     // times that everything before became void
    std::vector<feed::Epoch> epochs;

  private:
    void on_change(const feed::ChangePtr& change) override {
        if (change->revision <= last_) wrong.push_back(std::to_string(change->revision));
        last_ = change->revision;
        for (const feed::KeyChange& event : change->events) {
            if (event.is_delete())
                state.erase(event.key);
            else
                state[event.key] = event.entry->value;
            events.push_back(std::to_string(change->revision) + (event.is_delete() ? " -" : " ") + event.key +
                             (event.is_delete() ? "" : "=" + event.entry->value));
        }
    }
    void on_advance(store::Revision revision) override {
        if (revision <= last_) wrong.push_back("advance " + std::to_string(revision));
        last_ = revision;
    }
    void on_epoch(store::Epoch epoch) override {
        ++anew;
        epochs.push_back(epoch);
        state.clear();
        for (const auto& [key, entry] : feed_.state().entries()) state[key] = entry->value;
        last_ = feed_.position().revision;
    }

    const feed::Feed& feed_;
    store::Revision last_ = 0;
};

class LyingEtcdTest : public testing::Test {
  protected:
    LyingEtcdTest() {
        options_.endpoints = {etcd_.endpoint()};
        options_.coalesce_writes = true;  // as the server has it
        options_.call_timeout = std::chrono::milliseconds{300};
        options_.create_timeout = std::chrono::milliseconds{200};
        options_.patience = std::chrono::milliseconds{100};
        options_.probes.connect_interval = options_.probes.ask_interval = std::chrono::milliseconds{0};
        options_.probes.backoff_min = options_.probes.backoff_max = std::chrono::milliseconds{5};
        feed_options_.backoff_min = std::chrono::milliseconds{1};
        feed_options_.backoff_max = std::chrono::milliseconds{10};
        feed_options_.anti_entropy = std::chrono::milliseconds{0};
        feed_options_.confirm = std::chrono::milliseconds{2};
        feed_options_.patience = std::chrono::milliseconds{50};
    }
    ~LyingEtcdTest() override {
        tasks_.cancel();
        if (store_) run(io_, store_->close());
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        io_.restart();
        while (tasks_.size() > 0 && std::chrono::steady_clock::now() < end) io_.run_one_until(end);
        EXPECT_EQ(tasks_.size(), 0U) << "the replicator does not end";
        settle(io_);
        if (subscriber_) EXPECT_EQ(subscriber_->wrong, std::vector<std::string>{});
    }

    void start() {
        store_ = *etcd::EtcdStore::open(io_.get_executor(), options_, log_);
        feed_.emplace(io_.get_executor(), *store_, layout_, feed_options_, clock_, log_);
        subscriber_.emplace(*feed_);
        feed_->add_listener(*subscriber_);
        tasks_.spawn("replicator", feed_->run_replicator());
        ASSERT_TRUE(until([this] { return feed_->ready() && !feed_->stale_since(); }));
        ASSERT_TRUE(until([this] { return etcd_.open_watches() == 1; }));
    }

    /// False after ten seconds of real time: a hang.
    template <class Holds>
    bool until(const Holds& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!holds()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds{5});
        }
        return true;
    }
    /// What the subscriber was told is what etcd holds.
    bool agrees() {
        return until([this] { return subscriber_->state == expected() && !feed_->stale_since(); });
    }
    std::map<std::string, std::string> expected() const {
        std::map<std::string, std::string> settings;
        for (const auto& [key, value] : etcd_.contents()) {
            const auto place = layout_.place_of(key);
            if (place.kind == store::Layout::Kind::entry) settings[std::string(place.key)] = value;
        }
        return settings;
    }

    Revision put(const std::string& key, const std::string& value) { return etcd_.put("/config/" + key, value); }
    Revision remove(const std::string& key) { return etcd_.remove("/config/" + key); }

    LyingEtcd etcd_;
    asio::io_context io_{1};
    SystemClock clock_;
    RecordingLog log_;
    store::Layout layout_ = *store::Layout::make("/config/");
    etcd::EtcdOptions options_;
    feed::FeedOptions feed_options_;
    std::unique_ptr<etcd::EtcdStore> store_;
    std::optional<feed::Feed> feed_;
    std::optional<Subscriber> subscriber_;
    TaskGroup tasks_{io_.get_executor(), log_};
};

}  // namespace confcast::test
