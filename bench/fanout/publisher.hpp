// Writes publications over REST on a few kept connections, one request at a time on each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/load/socket.hpp"
#include "options.hpp"

namespace confcast::fanout {

class PublisherEvents {
  public:
    virtual ~PublisherEvents() = default;
    /// The server has answered. `revision` is 0 when it refused.
    virtual void on_answer(std::size_t publication, std::uint64_t revision) = 0;
};

class Publisher {
  public:
    /// Connects at once. Tags from `first_tag` on are the publisher's.
    Publisher(const Options& options, std::string key_prefix, load::Poller& poller, std::uint64_t first_tag,
              PublisherEvents& events);

    bool can_publish() const { return !free_.empty(); }
    /// Precondition: can_publish().
    void publish(std::size_t publication);
    void on_event(std::uint64_t tag);

  private:
    struct Connection {
        load::Socket socket;
        load::ResponseReader reader;
        std::size_t publication = 0;
    };

    std::string make_request(std::size_t publication) const;

    const Options& options_;
    const std::string key_prefix_;
    const std::uint64_t first_tag_;
    PublisherEvents& events_;
    std::vector<Connection> connections_;
    std::vector<std::size_t> free_;
};

}  // namespace confcast::fanout
