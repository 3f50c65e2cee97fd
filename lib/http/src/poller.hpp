// Where connections wait between two requests: one epoll instance for all of a server, edge-triggered, watched by the
// loop as a whole. A connection that has read less than there was room for knows that nothing is left, and waits again
// without a system call; the loop would first try to read in vain. What is ready is told from a turn of the loop.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "confcast/base/async.hpp"

namespace confcast::http {

class Poller : public std::enable_shared_from_this<Poller> {
  public:
    /// Who waits. Learns of it once for each edge, and may then remove itself or others, and be destroyed.
    class Client {
      public:
        /// There is something to read, or the end of it, or an error. `ended`: the end or an error lies behind what
        /// there is to read, and is not told again.
        virtual void on_ready(bool ended) = 0;

      protected:
        ~Client() = default;
    };

    explicit Poller(const Executor& executor);
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;
    ~Poller();

    /// From now on `client` is told of `descriptor`, which no other epoll instance needs to know; of what is there
    /// already too. False: the kernel does not want to, or there is no such thing here.
    bool add(int descriptor, Client& client);
    /// Nothing is told any more. The descriptor is still open.
    void remove(int descriptor, Client& client);
    /// Calls on_ready() in the next turn of the loop, whatever the kernel says.
    void soon(Client& client);

    std::size_t size() const { return size_; }

  private:
    void arm();
    void stop_waiting();
    void turn();
    void turn_soon();

    static constexpr std::size_t events_per_turn = 64;  // at one look; after a few looks it is the turn of others

    int epoll_ = -1;
    asio::posix::basic_stream_descriptor<Executor> watched_;
    std::array<epoll_event, events_per_turn> events_{};
    std::size_t at_ = 0;         // of events_, what is told now
    std::size_t count_ = 0;      // of them
    std::vector<Client*> soon_;  // nullptr: removed meanwhile
    std::size_t size_ = 0;
    bool armed_ = false;
    bool turning_ = false;
    bool posted_ = false;
};

}  // namespace confcast::http
