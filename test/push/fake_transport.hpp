// A connection that takes what is sent, shows it parsed, and completes writes only when it is told to.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "confcast/push/hub.hpp"
#include "confcast/push/transport.hpp"

namespace confcast::push::test {

namespace json = boost::json;

struct Received {
    feed::Revision seq_id = 0;
    std::string type;
    json::object payload;
};

inline Received read(const Message& message) {
    const json::value root = json::parse(message.json());
    EXPECT_EQ(root.as_object().size(), 3U) << message.json();
    EXPECT_EQ(root.at("type").as_string(), message.type());
    return {root.at("seq_id").as_int64(), std::string(root.at("type").as_string()), root.at("payload").as_object()};
}

class FakeTransport final : public Transport {
  public:
    Framing framing() const override { return Framing::websocket; }
    bool send(std::span<const MessagePtr> messages) override {
        EXPECT_FALSE(busy) << "a send while one is in flight";
        EXPECT_FALSE(messages.empty());
        ++sends;
        for (const MessagePtr& message : messages) keep(*message);
        if (swallows) return true;
        busy = true;
        in_flight.assign(messages.begin(), messages.end());
        return false;
    }
    void close(const CloseReason& why) override {
        if (!closed) closed = why;
    }
    void abort() override { aborted = true; }
    std::uint64_t bytes_accepted() const override { return accepted; }
    std::string_view remote() const override { return "203.0.113.7:5123"; }

    /// The write in flight is done.
    void complete() {
        ASSERT_TRUE(busy);
        busy = false;
        in_flight.clear();
        events->on_sent();
    }
    /// … and all that follow from it.
    void complete_all() {
        while (busy) complete();
    }
    void say(std::string_view text) { events->on_text(text); }
    /// What was received since the last call.
    std::vector<Received> take() { return std::exchange(received, {}); }
    /// The only message received since the last call.
    Received one() {
        auto all = take();
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Received{} : std::move(all.front());
    }

    TransportEvents* events = nullptr;
    bool busy = false;
    bool swallows = false;  // a kernel with room for everything: writes are done at once
    bool parse = true;      // off: nothing is kept but the messages in flight
    std::size_t sends = 0;
    std::uint64_t accepted = 0;
    std::vector<MessagePtr> in_flight;
    std::vector<Received> received;
    std::optional<CloseReason> closed;
    bool aborted = false;

  private:
    void keep(const Message& message) {
        if (parse) received.push_back(read(message));
    }
};

}  // namespace confcast::push::test
