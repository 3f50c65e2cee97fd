// An etcd store on a real etcd, with short times: what every test in here begins with.
#pragma once

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/etcd/etcd_store.hpp"
#include "confcast/test/etcd_process.hpp"
#include "confcast/test/recording_log.hpp"
#include "confcast/test/run.hpp"

namespace confcast::etcd {

class LiveTest : public testing::Test {
  public:
    void SetUp() override {
        if (const auto reason = test::EtcdProcess::missing(); !reason.empty()) GTEST_SKIP() << reason;
    }
    void TearDown() override {
        close();
        if (std::getenv("SHOW_LOG"))
            for (const auto& l : log_.lines()) std::fprintf(stderr, "%s\n", l.text.c_str());
    }

    /// Short times; no probes unless the test wants them.
    static EtcdOptions options_for(std::vector<std::string> endpoints);
    void open(EtcdOptions options);
    /// Waits until etcd answers: its members may still be choosing a leader.
    void wait_until_it_answers();
    void close();
    EtcdStore& db() { return *store_; }
    template <class T>
    T run(Awaitable<T> coroutine) {
        return test::run(io_, std::move(coroutine));
    }

    /// A write; throws when it is refused.
    store::Revision put(std::string_view key, std::string_view value);
    Result<store::TransactionResult> try_put(std::string_view key, std::string_view value);
    /// The value, or the error's name.
    std::string get(std::string_view key);
    store::Status status();
    std::unique_ptr<store::WatchStream> watch(store::Revision start);
    /// The next batch with events; "10: a b", or the error.
    std::string next(store::WatchStream& stream);
    /// Lets the loop run until it holds. Throws after a minute: a hang, not a slow test.
    void until(const std::function<bool()>& holds);
    /// Lets real time pass: etcd's clock can only be waited for.
    void pass(std::chrono::milliseconds time);

  protected:
    asio::io_context io_{1};
    test::RecordingLog log_{LogLevel::debug};
    std::unique_ptr<EtcdStore> store_;
};

}  // namespace confcast::etcd
