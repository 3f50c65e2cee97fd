// A watch's call against a stream whose reactions come from a thread of the test's own, as gRPC's do: what
// ThreadSanitizer can look at, which gRPC's own threads hide from it.
#include "watch_call.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "messages.hpp"

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;
using Reactor = grpc::ClientBidiReactor<pb::WatchRequest, pb::WatchResponse>;

/// gRPC's side: one thread calls the reactor, one reaction at a time, and says that it is done when nothing is held.
class ScriptedStream final : public grpc::ClientCallbackReaderWriter<pb::WatchRequest, pb::WatchResponse>,
                             public pb::Watch::StubInterface::async_interface {
  public:
    ~ScriptedStream() override {
        end();
        if (thread_.joinable()) thread_.join();
    }
    void Watch(grpc::ClientContext* /*context*/, Reactor* reactor) override {
        reactor_ = reactor;
        BindReactor(reactor);
    }

    /// etcd says this.
    void say(pb::WatchResponse response) {
        const std::lock_guard lock(mutex_);
        said_.push_back(std::move(response));
        changed_.notify_all();
    }
    /// The network ends it.
    void end() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }

    void StartCall() override {
        thread_ = std::thread([this] { run(); });
    }
    void Write(const pb::WatchRequest* /*request*/, grpc::WriteOptions /*options*/) override {}
    void WritesDone() override {}
    void Read(pb::WatchResponse* response) override {
        const std::lock_guard lock(mutex_);
        reading_ = response;
        changed_.notify_all();
    }
    void AddHold(int holds) override {
        const std::lock_guard lock(mutex_);
        holds_ += holds;
    }
    void RemoveHold() override {
        const std::lock_guard lock(mutex_);
        --holds_;
        changed_.notify_all();
    }

  private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            // Who lets go has cancelled before.
            changed_.wait(
                lock, [this] { return reading_ == nullptr ? holds_ == 0 : !said_.empty() || ended_ || holds_ == 0; });
            if (reading_ == nullptr) break;
            const bool ok = !said_.empty() && holds_ > 0;
            pb::WatchResponse* const target = std::exchange(reading_, nullptr);
            if (ok) {
                *target = std::move(said_.front());
                said_.erase(said_.begin());
            }
            lock.unlock();
            reactor_->OnReadDone(ok);
            lock.lock();
        }
        lock.unlock();
        reactor_->OnDone(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream broke"));
    }

    Reactor* reactor_ = nullptr;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<pb::WatchResponse> said_;
    pb::WatchResponse* reading_ = nullptr;
    int holds_ = 0;
    bool ended_ = false;
};

pb::WatchResponse response(store::Revision revision) {
    pb::WatchResponse made;
    made.mutable_header()->set_cluster_id(7);
    made.mutable_header()->set_revision(revision);
    made.set_watch_id(1);
    return made;
}

pb::WatchResponse created(store::Revision revision) {
    auto made = response(revision);
    made.set_created(true);
    return made;
}

pb::WatchResponse put(const std::string& key, store::Revision revision) {
    auto made = response(revision);
    auto* const event = made.add_events();
    event->mutable_kv()->set_key(key);
    event->mutable_kv()->set_mod_revision(revision);
    event->mutable_kv()->set_create_revision(revision);
    event->mutable_kv()->set_version(1);
    return made;
}

class WatchCallTest : public testing::Test {
  protected:
    static constexpr std::size_t small_buffer = 1;  // one batch at a time: a read for each that is taken

    std::shared_ptr<WatchCall> start(ScriptedStream& stream) {
        auto call = std::make_shared<WatchCall>(
            bridge_, WatchMachine(5), small_buffer,
            WatchCall::Listener{[this](const std::string& reason, bool) { lost_ = reason; }, nullptr});
        WatchCall::start(call, stream, to_watch({{"/config.", "/config0"}, 5}), "");
        return call;
    }
    template <class T>
    T run(Awaitable<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop_, std::move(task), [&](const std::exception_ptr&, T value) { result = std::move(value); });
        loop_.restart();
        while (!result) loop_.run_one();
        return std::move(*result);
    }
    bool create(const std::shared_ptr<WatchCall>& call) {
        return run(WatchCall::until_created(call, std::chrono::steady_clock::now() + 60s)).has_value();
    }
    /// Until gRPC's side has said its last word and the loop has heard it.
    void settle() {
        asio::co_spawn(loop_, Bridge::until_idle(bridge_), asio::detached);
        loop_.restart();
        loop_.run();
        bridge_->gate()->wait_until_empty();
    }

    asio::io_context loop_;
    std::shared_ptr<Bridge> bridge_ = std::make_shared<Bridge>(loop_.get_executor());
    std::string lost_;
};

TEST_F(WatchCallTest, WhatEtcdSaysIsGivenOutInOrder) {
    ScriptedStream stream;
    stream.say(created(4));
    const auto call = start(stream);
    ASSERT_TRUE(create(call));
    for (int i = 5; i < 105; ++i) stream.say(put("/config/a", i));
    for (int i = 5; i < 105; ++i) {
        const auto batch = run(WatchCall::next(call));
        ASSERT_TRUE(batch) << batch.error().to_string();
        EXPECT_EQ(batch->revision, i);
    }
    call->end(Error(Errc::shutting_down));
    settle();
}

TEST_F(WatchCallTest, AStreamThatBreaksGivesOutWhatCameBeforeAndThenSaysWhy) {
    ScriptedStream stream;
    stream.say(created(4));
    stream.say(put("/config/a", 5));
    const auto call = start(stream);
    ASSERT_TRUE(create(call));
    stream.end();
    const auto batch = run(WatchCall::next(call));
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->revision, 5);
    const auto last = run(WatchCall::next(call));
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().detail("reason"), "the watch on etcd was lost: the stream broke");
    EXPECT_EQ(lost_, last.error().detail("reason"));
    settle();
}

TEST_F(WatchCallTest, WhoEndsItIsNotToldThatItIsLost) {
    ScriptedStream stream;
    stream.say(created(4));
    const auto call = start(stream);
    ASSERT_TRUE(create(call));
    stream.say(put("/config/a", 5));
    call->end(Error(Errc::shutting_down));
    const auto batch = run(WatchCall::next(call));
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error(), Errc::shutting_down);
    settle();
    EXPECT_EQ(lost_, "");
}

// It holds the channel, and the loop's things: see exchange.hpp.
TEST_F(WatchCallTest, ItEndsOnTheLoop) {
    ScriptedStream stream;
    stream.say(created(4));
    auto call = start(stream);
    ASSERT_TRUE(create(call));
    const std::weak_ptr<WatchCall> left = call;
    call->end(Error(Errc::shutting_down));
    call.reset();
    EXPECT_FALSE(left.expired()) << "gRPC's thread may still be in it";
    bridge_->gate()->wait_until_empty();
    EXPECT_FALSE(left.expired()) << "it ended on gRPC's thread";
    settle();
    EXPECT_TRUE(left.expired());
}

}  // namespace
}  // namespace confcast::etcd
