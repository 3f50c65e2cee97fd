// Who holds what of a call, and on which thread it ends. gRPC is played by a thread of the test's own.
#include "exchange.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <semaphore>
#include <thread>

#include "channels.hpp"

namespace confcast::etcd {
namespace {

using Range = Exchange<pb::RangeRequest, pb::RangeResponse>;

/// Answers on another thread, and holds what it was given until it is told to let go.
struct SlowToLetGo {
    std::binary_semaphore let_go{0};
    std::thread thread;

    void start(Done done, grpc::Status status) {
        thread = std::thread([this, done = std::move(done), status] {
            done(status);
            let_go.acquire();
        });
    }
    ~SlowToLetGo() {
        let_go.release();
        if (thread.joinable()) thread.join();
    }
};

struct ExchangeTest : testing::Test {
    asio::io_context loop;
    std::shared_ptr<Bridge> bridge = std::make_shared<Bridge>(loop.get_executor());
    SlowToLetGo grpc_thread;

    grpc::Status perform_one(std::shared_ptr<Range> exchange, grpc::Status answer) {
        grpc::Status got(grpc::StatusCode::UNKNOWN, "nothing came");
        const auto start = [&](grpc::ClientContext*, const pb::RangeRequest*, pb::RangeResponse*, Done done) {
            grpc_thread.start(std::move(done), answer);
        };
        asio::co_spawn(
            loop,
            [&, mine = std::move(exchange)]() mutable -> Awaitable<> {
                got = co_await perform(bridge, std::move(mine), start);
            },
            asio::detached);
        loop.run();
        return got;
    }
};

TEST_F(ExchangeTest, TheStatusComesBackToTheLoop) {
    const grpc::Status got =
        perform_one(std::make_shared<Range>(), grpc::Status(grpc::StatusCode::UNAVAILABLE, "away"));
    EXPECT_EQ(got.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(got.error_message(), "away");
}

// The context holds the channel. The last channel of a process must not end on gRPC's thread: it would take down the
// queue that this thread is reading ("ref_counted.h: assertion failed: prior > 0").
TEST_F(ExchangeTest, NothingOfTheCallEndsOnGrpcsThread) {
    auto exchange = std::make_shared<Range>();
    const std::weak_ptr<Range> left = exchange;
    EXPECT_TRUE(perform_one(std::move(exchange), grpc::Status::OK).ok());
    EXPECT_TRUE(left.expired()) << "gRPC's thread, which has not let go yet, is the last to hold it";
}

TEST_F(ExchangeTest, TheStoreMayEndWhileGrpcsThreadHasNotLetGo) {
    EXPECT_TRUE(perform_one(std::make_shared<Range>(), grpc::Status::OK).ok());
    bridge->gate()->wait_until_empty();
    const std::weak_ptr<Bridge> left = bridge;
    bridge.reset();
    EXPECT_TRUE(left.expired());
}

}  // namespace
}  // namespace confcast::etcd
