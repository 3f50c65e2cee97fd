// A subscriber: a WebSocket and the model of what it was told.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "confcast/load/websocket.hpp"
#include "model.hpp"
#include "server.hpp"

namespace confcast::test {

class Watcher {
  public:
    /// `query`: what stands behind the '?', e.g. "prefix=app/".
    Watcher(const Server& server, const std::string& query, Model model = Model{}, int receive_buffer = 0);

    /// The next message, already applied to the model; nullopt at the end of the stream or of the time.
    std::optional<json::object> next(std::chrono::milliseconds limit = std::chrono::seconds{20});
    /// The next message of that type (others are applied and passed over).
    std::optional<json::object> next_of(std::string_view type,
                                        std::chrono::milliseconds limit = std::chrono::seconds{20});
    /// Applies messages until the condition holds; false when the time or the stream is over first.
    bool until(const std::function<bool(const Model&)>& condition,
               std::chrono::milliseconds limit = std::chrono::seconds{30});
    /// Applies what is there now, without waiting.
    void drain();

    Model& model() { return model_; }
    load::WebSocketClient& socket() { return socket_; }

  private:
    load::WebSocketClient socket_;
    Model model_;
};

/// All settings below the prefix as the server lists them, following its pages; the pages' one revision in `revision`.
KnownMap list_all(const Server& server, const std::string& prefix, std::int64_t* revision = nullptr);

}  // namespace confcast::test
