// A loop for clients of a real server, and what a subscriber has heard.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../server.hpp"
#include "confcast/client/client.hpp"
#include "loop.hpp"

namespace confcast::client::test {

using confcast::test::Server;
using confcast::test::ServerSetup;

class ClientTest : public LoopTest {
  protected:
    static Options to(const std::vector<const Server*>& servers) {
        Options options;
        options.servers.clear();
        for (const Server* server : servers) options.servers.push_back("http://" + server->endpoint().to_string());
        return options;
    }
    static Options to(const Server& server) { return to(std::vector<const Server*>{&server}); }
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
