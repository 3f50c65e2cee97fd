// All subscribers, on one thread: each reads, leaves now and then, comes back with or without its position, and is
// judged as it goes.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <optional>
#include <thread>

#include "confcast/load/websocket.hpp"
#include "confcast/verify/dice.hpp"
#include "confcast/verify/stream.hpp"
#include "confcast/verify/workload.hpp"
#include "court.hpp"

namespace confcast::verify {

class Subscribers {
  public:
    using Clock = load::Clock;

    /// `everything`: those that ask for all name no filter.
    Subscribers(load::Endpoint endpoint, Court& court, const Keys& keys, Dice dice, std::size_t count, bool everything);
    ~Subscribers() { stop(); }
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    void start();
    /// Some of them stop reading for so long.
    void stall(Dice dice, std::chrono::milliseconds length);
    /// Some of them lose their connection and come back after so long.
    void drop(Dice dice, std::chrono::milliseconds length);
    /// Everybody reads, stays, and comes back at once.
    void calm_down();
    /// Whether everybody has all up to this revision.
    bool have_reached(Revision revision);
    void stop();
    /// The end, once stopped.
    void finish(Revision end, const Listing& list);

  private:
    struct Client {
        Client(Stream judged, Dice chance) : stream(std::move(judged)), dice(chance) {}
        Stream stream;
        Dice dice;
        std::optional<load::WebSocketClient> socket;
        bool leaves = false;  // by itself, now and then
        bool drops = false;   // its connection is to be cut
        int receive_buffer = 0;
        Clock::time_point leaves_at{};
        Clock::time_point away_until{};
        Clock::time_point stalled_until{};
    };

    void work();
    void connect(Client& client, Clock::time_point now);
    std::string target(Client& client, Revision since) const;
    void part(Client& client, Clock::time_point back);
    /// Waits until one of them has something to read, and not for long.
    void wait(Clock::time_point now);
    void read(Client& client, Clock::time_point now);

    load::Endpoint endpoint_;
    Court& court_;
    std::deque<Client> clients_;
    bool calm_ = false;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace confcast::verify
