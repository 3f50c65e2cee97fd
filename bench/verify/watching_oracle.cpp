// The history of a server that somebody else runs, as one stream that never pauses is told. It proves less than the
// store itself would: what this stream is not told, nobody misses.
#include <stdexcept>

#include "confcast/load/websocket.hpp"
#include "confcast/verify/message.hpp"
#include "oracle.hpp"

namespace confcast::verify {
namespace {

class WatchingOracle : public Oracle {
  public:
    WatchingOracle(const load::Endpoint& endpoint, const std::string& root)
        : socket_(endpoint, "/api/v1/watch?prefix=" + root) {}

    void poll(Court& court) override {
        while (const auto text = socket_.receive(std::chrono::milliseconds{0})) {
            const auto message = read_message(*text);
            if (message.coalesced_from) throw std::runtime_error("the checker's own stream was too slow");
            const std::lock_guard lock(court.mutex);
            for (const auto& event : message.events) court.history.add(event);
            court.history.complete_to(message.seq_id);
        }
        if (socket_.ended()) throw std::runtime_error("the server has closed the checker's own stream");
    }

  private:
    load::WebSocketClient socket_;
};

}  // namespace

std::unique_ptr<Oracle> make_watching_oracle(const load::Endpoint& endpoint, const std::string& root) {
    return std::make_unique<WatchingOracle>(endpoint, root);
}

}  // namespace confcast::verify
