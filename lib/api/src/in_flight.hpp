// What a transport has of a write: the messages, kept alive until it is done, and their bytes in one list.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "confcast/push/transport.hpp"

namespace confcast::api {

class InFlight {
  public:
    void add(const push::MessagePtr& message, push::Framing framing) {
        pieces_.emplace_back(message->framed(framing));
        messages_.push_back(message);
    }
    /// Bytes that live as long as the transport.
    void add(std::string_view bytes) { pieces_.push_back(bytes); }
    std::span<const std::string_view> pieces() const { return pieces_; }
    void clear() {
        empty(pieces_);
        empty(messages_);
    }

  private:
    // A burst's room is given back: an idle connection keeps only what one message needs.
    static constexpr std::size_t kept_capacity = 4;

    template <class T>
    static void empty(std::vector<T>& list) {
        if (list.capacity() > kept_capacity) {
            list = {};
        } else {
            list.clear();
        }
    }

    std::vector<push::MessagePtr> messages_;
    std::vector<std::string_view> pieces_;
};

/// Tells a session that its connection is gone, however the coroutine that runs it ends.
class Farewell {
  public:
    explicit Farewell(push::TransportEvents& session) : session_(session) {}
    ~Farewell() { session_.on_closed(); }
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;

  private:
    push::TransportEvents& session_;
};

}  // namespace confcast::api
