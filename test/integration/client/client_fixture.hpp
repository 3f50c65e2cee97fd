// A loop for clients of a real server, and what a subscriber has heard.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../server.hpp"
#include "confcast/client/client.hpp"

namespace confcast::client::test {

using confcast::test::Server;
using confcast::test::ServerSetup;

class ClientTest : public ::testing::Test {
  protected:
    static constexpr std::chrono::seconds patience{60};

    /// Runs the loop until the awaitable is done.
    template <class T>
    T await(Awaitable<T> awaitable) {
        std::optional<T> result;
        std::exception_ptr thrown;
        bool done = false;
        asio::co_spawn(io, std::move(awaitable), [&](std::exception_ptr error, T value) {
            thrown = error;
            if (!error) result.emplace(std::move(value));
            done = true;
        });
        EXPECT_TRUE(until([&] { return done; }));
        if (thrown) std::rethrow_exception(thrown);
        if (!result) throw std::runtime_error("it did not end");
        return std::move(*result);
    }
    /// Runs the loop until the condition holds; false when it does not in time.
    bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        io.restart();
        while (!condition()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            if (io.run_one_for(std::chrono::milliseconds{20}) == 0) io.restart();
        }
        return true;
    }
    /// Runs the loop until it has nothing more to do; false when that does not come.
    bool drain() {
        io.restart();
        io.run_for(patience);
        return io.stopped();
    }

    static Options to(const std::vector<const Server*>& servers) {
        Options options;
        options.servers.clear();
        for (const Server* server : servers) options.servers.push_back("http://" + server->endpoint().to_string());
        return options;
    }
    static Options to(const Server& server) { return to(std::vector<const Server*>{&server}); }

    asio::io_context io{1};
};

/// Keeps what it was called with, and the state that it adds up to. A change that repeats something is a failure.
class Follower {
  public:
    Callback callback() {
        return [this](const Change& change) { take(change); };
    }
    void take(const Change& change);

    std::vector<Change> changes;
    std::map<std::string, Entry> state;
    std::vector<std::string> violations;
    std::optional<std::string> value(const std::string& key) const {
        const auto found = state.find(key);
        return found == state.end() ? std::nullopt : std::optional(found->second.value);
    }

  private:
    Position last_;
};

}  // namespace confcast::client::test
