// A subscriber over an HTTP body, Server-Sent Events or lines of JSON: reads chunk by chunk, keeps what EventSource
// would keep, and judges the messages with the model.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model.hpp"
#include "server.hpp"

namespace confcast::test {

/// Takes a chunked body apart (RFC 9112, 7.1), however its bytes are cut.
class ChunkedBody {
  public:
    /// What these bytes add to the body. Throws std::runtime_error when they are no chunks.
    std::string feed(std::string_view bytes);
    /// The last chunk was there: the body is whole.
    bool whole() const { return whole_; }

  private:
    std::string buffer_;
    bool whole_ = false;
};

class Listener {
  public:
    enum class Kind : std::uint8_t { events, lines };

    /// Throws std::runtime_error when the answer is no stream. `last_event_id` is sent unless it is empty.
    Listener(const Server& server, Kind kind, const std::string& query, Model model = Model{},
             const std::string& last_event_id = "");

    /// The next message, already applied to the model; nullopt at the end of the stream or of the time.
    std::optional<json::object> next(std::chrono::milliseconds limit = std::chrono::seconds{20});
    std::optional<json::object> next_of(std::string_view type,
                                        std::chrono::milliseconds limit = std::chrono::seconds{20});
    /// Applies messages until the condition holds; false when the time or the stream is over first.
    bool until(const std::function<bool(const Model&)>& condition,
               std::chrono::milliseconds limit = std::chrono::seconds{30});
    void abort() { socket_.close(); }

    Model& model() { return model_; }
    const load::HttpResponse& head() const { return head_; }
    bool ended() const { return ended_; }
    /// The body came to its end, and was not cut.
    bool whole() const { return body_.whole(); }
    /// Server-Sent Events: the last `id` (empty: none is owned), the last `retry`, signs of life.
    const std::string& last_event_id() const { return last_event_id_; }
    std::optional<int> retry() const { return retry_; }
    std::size_t signs_of_life() const { return signs_of_life_; }

  private:
    void read_head(load::Clock::time_point deadline);
    bool read_once(load::Clock::time_point deadline);
    void on_text(std::string_view text);
    void on_line(const std::string& line);
    void on_event();

    load::Socket socket_;
    Kind kind_;
    Model model_;
    load::HttpResponse head_;
    ChunkedBody body_;
    bool ended_ = false;
    std::string unfinished_;  // a line without its end
    std::deque<json::object> messages_;

    std::string last_event_id_;
    std::optional<int> retry_;
    std::size_t signs_of_life_ = 0;
    std::string event_id_;  // of the event under way, as the two that follow
    std::string event_;
    std::string data_;
};

}  // namespace confcast::test
