// A server on a free port, with a clock that stands still and one handler for everything.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/http/server.hpp"
#include "confcast/test/certificates.hpp"
#include "confcast/test/run.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

class CountingLog final : public Log {
  public:
    std::vector<std::string> errors;

  protected:
    void write(LogLevel level, std::string_view, std::string_view message, Fields) override {
        if (level == LogLevel::error) errors.emplace_back(message);
    }
};

class ServerTest : public ::testing::Test {
  protected:
    ServerTest();
    ~ServerTest() override;
    /// Ends the server while what a test has added, which its handler may use, is still there.
    void TearDown() override;

    /// Starts the server with `options` and `handler`.
    void start();
    Client connect() { return {io.get_executor(), server->port(), tls}; }
    /// From start() on server and clients speak TLS. Of all tests when CONFCAST_TEST_TLS is set.
    void use_tls();
    bool is_secure() const { return tls != nullptr; }
    template <class T>
    T run(Awaitable<T> coroutine) {
        return test::run(io, std::move(coroutine));
    }
    /// Moves the clock and lets the server act on it.
    void pass(std::chrono::milliseconds time);
    /// Lets the loop do what it can do now, until `condition` holds.
    template <class Condition>
    Awaitable<> until(Condition condition) {
        while (!condition()) co_await asio::post(io.get_executor(), use_awaitable);
    }
    /// Lets the loop do what it can do now.
    void settle();
    /// Sends `bytes` on a connection of their own; everything that comes back until the server closes.
    std::string exchange(std::string bytes);
    /// The status of the first answer in `text`, 0 when it is none.
    static unsigned status_of(const std::string& text);
    /// The server still does its work.
    void expect_service();

    TemporaryDirectory files;
    std::unique_ptr<Authority> authority;
    http::TlsOptions tls_options;
    std::shared_ptr<asio::ssl::context> tls;  // of clients
    asio::io_context io{1};
    ManualClock clock;
    CountingLog log;
    http::ServerOptions options;
    http::Handler handler;  // echoes method, target and body until a test says otherwise
    http::ErrorRenderer render;
    std::unique_ptr<http::Chain> chain;
    std::unique_ptr<http::Server> server;
    std::unique_ptr<TaskGroup> tasks;
};

}  // namespace confcast::test
