// A stream machine, a recording subscriber, and what a server says, in few words.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "confcast/base/clock.hpp"
#include "stream_machine.hpp"

namespace confcast::client::test {

inline constexpr std::string_view epoch_a = "aaaaaaaaaaaaaaaa";
inline constexpr std::string_view epoch_b = "bbbbbbbbbbbbbbbb";

// ---- what a server says

struct Said {
    std::string key;
    std::string value;  // ignored of a delete
    Revision revision;
    bool deleted = false;
};
inline Said put(std::string key, std::string value, Revision revision) {
    return {std::move(key), std::move(value), revision};
}
inline Said del(std::string key, Revision revision) { return {std::move(key), "", revision, true}; }

std::string welcome(Revision seq_id, std::string_view resume, std::string_view reason,
                    std::string_view epoch = epoch_a);
std::string page(Revision seq_id, const std::vector<Said>& entries, bool more = false);
std::string update(Revision seq_id, const std::vector<Said>& events, Revision coalesced_from = 0);
std::string bookmark(Revision seq_id);
std::string in_force(std::string_view type, Revision seq_id, const Filters& filters);
std::string refusal(Revision seq_id, std::int64_t id, int code);
std::string goaway(Revision seq_id, int reconnect_after_ms);

// ---- what a subscriber hears: "initial@5 a=1#5 b=2#3", "update@6 -a#6", "update@9(6) b=3#9" (coalesced from 6)

std::string to_text(const Change& change);
using Heard = std::vector<std::string>;

class StreamTest : public ::testing::Test {
  protected:
    StreamTest();
    virtual void configure(MachineOptions&) {}

    StreamMachine& machine();
    /// The machine's options, before it is first used.
    MachineOptions options;

    std::uint64_t watch(const Filters& filters, Heard& heard);
    Opening begin() { return machine().begin("server:1"); }
    /// Fails the test when the machine refuses the message.
    void say(const std::string& message);
    bool refuses(const std::string& message);
    Next lose();
    Next closed(std::uint16_t code, std::string_view reason = "");
    Next refused(unsigned status, int code = 0);
    std::vector<std::string> sent() { return machine().take_outbox(); }
    /// A stream that is live, from nothing.
    void live(Revision seq_id, const std::vector<Said>& entries);

    ManualClock clock;
    std::vector<std::string> states;  // as reported
    double random = 0.5;

  private:
    std::unique_ptr<StreamMachine> machine_;
};

}  // namespace confcast::client::test
