// Clients as the protocol wants them: each keeps its position, leaves when it is told to, comes back when it was told
// to, and with full-jitter backoff when that fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/load/push_message.hpp"
#include "confcast/load/socket.hpp"
#include "confcast/load/websocket_frame.hpp"

namespace confcast::comeback {

using load::Clock;

/// What happened to the crowd, and when.
struct Record {
    std::vector<Clock::time_point> told;  // goaway
    std::vector<Clock::time_point> back;  // the welcome after it
    std::size_t refused = 0;              // attempts that found no server
    std::size_t dropped = 0;              // connections that ended without a goaway
    std::size_t snapshots = 0;            // of those that came back: should have resumed
    std::size_t updates = 0;
};

class Crowd {
  public:
    Crowd(load::Endpoint server, std::size_t clients);

    /// All of them, 64 at a time; returns when everybody is welcome. Throws std::runtime_error after `limit`.
    void connect(std::chrono::seconds limit);
    /// Handles what is ready and what is due, waiting at most so long.
    void pump(std::chrono::milliseconds longest);
    std::size_t open() const { return open_; }
    const Record& record() const { return record_; }

  private:
    enum class Stage : std::uint8_t { away, connecting, upgrading, welcome, open };
    struct Client {
        load::Socket socket;
        Stage stage = Stage::away;
        bool returning = false;  // it has been there before
        bool told = false;
        unsigned failures = 0;
        std::uint64_t position = 0;
        std::chrono::milliseconds after{0};
        std::unique_ptr<load::ResponseReader> upgrade;
        load::FrameReader frames;
    };
    struct Due {
        Clock::time_point when;
        std::size_t client = 0;
        bool operator>(const Due& other) const { return when > other.when; }
    };

    void start(std::size_t index);
    void on_event(std::size_t index, std::uint32_t events);
    void on_readable(std::size_t index);
    void on_frame(std::size_t index, const load::Frame& frame);
    void on_message(Client& client, std::string_view text);
    void leave(std::size_t index);
    void retry(std::size_t index);

    load::Endpoint server_;
    load::Poller poller_;
    std::vector<Client> clients_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::size_t open_ = 0;
    std::string epoch_;
    Record record_;
    std::mt19937_64 random_{1};
    std::vector<char> buffer_;
};

}  // namespace confcast::comeback
