// The subscribers: N WebSockets that read what comes. Knows frames and messages, not what a publication is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/load/push_message.hpp"
#include "confcast/load/socket.hpp"
#include "confcast/load/websocket_frame.hpp"
#include "options.hpp"

namespace confcast::fanout {

/// Who listens to the swarm.
class SwarmEvents {
  public:
    virtual ~SwarmEvents() = default;
    virtual void on_welcome(std::size_t subscriber, std::uint64_t position) = 0;
    virtual void on_message(std::size_t subscriber, load::PushMessage message) = 0;
    /// The connection failed or ended; `why` is for people.
    virtual void on_end(std::size_t subscriber, std::string_view why) = 0;
};

class Swarm {
  public:
    /// Tags below options.clients on the poller are the swarm's.
    Swarm(const Options& options, const std::string& target, load::Poller& poller, SwarmEvents& events);

    /// Starts as many connections as the pace permits. Call until all_started().
    void connect_some();
    bool all_started() const { return started_ == subscribers_.size(); }
    std::size_t open() const { return open_; }
    bool is_open(std::size_t subscriber) const { return subscribers_[subscriber].stage == Stage::open; }
    bool is_slow(std::size_t subscriber) const { return subscriber < slow_; }

    void on_event(std::size_t subscriber, std::uint32_t events);
    /// Wakes slow subscribers whose pause is over; `all`: every one, for good.
    void wake(load::Clock::time_point now, bool all = false);

  private:
    enum class Stage : std::uint8_t { idle, connecting, upgrading, welcome, open, dead };
    struct Subscriber {
        load::Socket socket;
        Stage stage = Stage::idle;
        std::unique_ptr<load::ResponseReader> upgrade;  // only until it is granted
        load::FrameReader frames;
    };

    void on_writable(std::size_t index);
    void on_readable(std::size_t index);
    void on_bytes(std::size_t index, std::string_view bytes);
    void on_frame(std::size_t index, const load::Frame& frame);
    void end(std::size_t index, std::string_view why);
    void pause(std::size_t index);
    /// Where bytes of this one are read into: no more than it wants at a time.
    std::span<char> room_for(std::size_t index);
    int receive_buffer(std::size_t index) const;

    const Options& options_;
    const std::string upgrade_request_;
    load::Poller& poller_;
    SwarmEvents& events_;
    std::vector<Subscriber> subscribers_;
    std::size_t slow_;
    std::size_t started_ = 0;
    std::size_t connecting_ = 0;
    std::size_t open_ = 0;
    bool pausing_ = true;
    struct Pause {
        load::Clock::time_point until;
        std::size_t subscriber = 0;
    };
    std::deque<Pause> pauses_;
    std::vector<char> buffer_;
};

}  // namespace confcast::fanout
