// The whole application in this process, over a real store and real sockets, from listening to its end.
#include "application.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <filesystem>
#include <functional>

#include "confcast/test/recording_log.hpp"

namespace confcast::app {
namespace {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class ApplicationTest : public testing::Test {
  protected:
    ApplicationTest() : layout_(*store::Layout::make("/config/")) {
        directory_ = std::filesystem::temp_directory_path() / ("confcast-app-" + std::to_string(::getpid()));
        std::filesystem::remove_all(directory_);
        options_.server.port = 0;
        options_.store.directory = directory_.string();
        options_.drain_timeout = std::chrono::seconds(60);
        store_ = store::EmbeddedStore::open(io_.get_executor(), options_.store, clock_, log_).value();
    }
    ~ApplicationTest() override {
        store_.reset();
        std::filesystem::remove_all(directory_);
    }

    // Runs the application; when the client is done it is told to end, unless the client has done that.
    void live(const std::function<Awaitable<>(Socket&)>& client) {
        Application application(io_, options_, *store_, layout_, clock_, log_);
        ASSERT_TRUE(application.listen());
        std::exception_ptr failure;
        asio::co_spawn(io_, talk(application.port(), client), [&](const std::exception_ptr& thrown) {
            failure = thrown;
            if (signal_at_end_) std::raise(SIGTERM);
        });
        application.run();
        if (failure) std::rethrow_exception(failure);
    }

    Awaitable<> talk(std::uint16_t port, std::function<Awaitable<>(Socket&)> client) {
        Socket socket(io_.get_executor());
        co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), port}, use_awaitable);
        co_await client(socket);
    }

    // One request; the head and what came with it.
    static Awaitable<std::string> ask(Socket& socket, std::string request) {
        co_await asio::async_write(socket, asio::buffer(request), use_awaitable);
        std::string answer(4096, '\0');
        const std::size_t size = co_await socket.async_read_some(asio::buffer(answer), use_awaitable);
        answer.resize(size);
        co_return answer;
    }

    asio::io_context io_{1};
    SystemClock clock_;
    test::RecordingLog log_{LogLevel::info};
    Options options_;
    store::Layout layout_;
    std::filesystem::path directory_;
    std::unique_ptr<store::EmbeddedStore> store_;
    std::unique_ptr<Socket> kept_;
    bool signal_at_end_ = true;
};

TEST_F(ApplicationTest, EndsByItselfAfterASignal) {
    live([](Socket& socket) -> Awaitable<> {
        // a write is answered when the node has it, and so when it is ready
        co_await ask(socket, "PUT /config/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
    });
    EXPECT_TRUE(log_.contains("ready"));
    EXPECT_TRUE(log_.contains("stopped"));
    EXPECT_EQ(log_.count(LogLevel::error), 0U);
    EXPECT_EQ(log_.count(LogLevel::warning), 0U);
}

TEST_F(ApplicationTest, EndsWellBeforeItIsReadyToo) {
    live([](Socket&) -> Awaitable<> { co_return; });
    EXPECT_TRUE(log_.contains("stopped"));
    EXPECT_EQ(log_.count(LogLevel::error), 0U);
}

TEST_F(ApplicationTest, ServesWhatWasWritten) {
    std::string written;
    std::string read;
    std::string metrics;
    live([&](Socket& socket) -> Awaitable<> {
        written = co_await ask(
            socket, "PUT /config/a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
        // before the first list nothing is served: the write has waited for this node, so the read need not
        read = co_await ask(socket, "GET /config/a?raw HTTP/1.1\r\nHost: x\r\n\r\n");
        metrics = co_await ask(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    });
    EXPECT_TRUE(written.starts_with("HTTP/1.1 201")) << written;
    EXPECT_TRUE(read.ends_with("hello")) << read;
    EXPECT_NE(metrics.find("confcast_http_connections 1"), std::string::npos) << metrics;
}

TEST_F(ApplicationTest, AStreamIsToldToComeBackWhenTheServerEnds) {
    std::string stream;
    live([&](Socket& socket) -> Awaitable<> {
        // the write makes sure that the node is ready
        co_await ask(socket, "PUT /config/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
        stream = co_await ask(socket,
                              "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        std::raise(SIGTERM);
        signal_at_end_ = false;
        for (;;) {
            std::string more(4096, '\0');
            const auto [ec, size] = co_await socket.async_read_some(asio::buffer(more), as_result);
            stream += more.substr(0, size);
            if (ec || stream.find("server is draining") != std::string::npos) break;
        }
    });
    EXPECT_NE(stream.find("\"welcome\""), std::string::npos) << stream;
    EXPECT_NE(stream.find("\"goaway\""), std::string::npos) << stream;
    EXPECT_NE(stream.find("server is draining"), std::string::npos) << "the close frame's reason";
}

TEST_F(ApplicationTest, ASecondSignalCutsTheWait) {
    // a request that never comes to its end holds the server for its time-outs: 60 s here
    options_.server.body_timeout = std::chrono::seconds(60);
    const auto begun = std::chrono::steady_clock::now();
    live([&](Socket& socket) -> Awaitable<> {
        const std::string head =
            "PUT /config/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        const std::string continued = co_await ask(socket, head);
        EXPECT_TRUE(continued.starts_with("HTTP/1.1 100")) << continued;
        std::raise(SIGTERM);
        // and the second one comes when this returns, with the connection still open
        kept_ = std::make_unique<Socket>(std::move(socket));
    });
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
    EXPECT_TRUE(log_.contains("ending at once"));
}

}  // namespace
}  // namespace confcast::app
