// What a transport has of a write: the bytes in one list while it is started; the messages, kept alive, only while the
// kernel has not taken all of them.
#pragma once

#include <boost/container/small_vector.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "confcast/push/transport.hpp"

namespace confcast::api {

/// Most writes are of one message, and a usual batch needs no memory either.
using Pieces = boost::container::small_vector<std::string_view, 64>;

inline void append_pieces(Pieces& pieces, std::span<const push::MessagePtr> messages, push::Framing framing) {
    for (const push::MessagePtr& message : messages) pieces.emplace_back(message->framed(framing));
}

class InFlight {
  public:
    void keep(std::span<const push::MessagePtr> messages) { messages_.assign(messages.begin(), messages.end()); }
    /// Gives their room back: an idle connection keeps nothing.
    void clear() { messages_ = {}; }

  private:
    std::vector<push::MessagePtr> messages_;
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
