// epoll, as thin as it can be.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

namespace confcast::load {

class Poller {
  public:
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// `events`: EPOLLIN, EPOLLOUT or both; 0 = none but errors. A closed descriptor leaves by itself.
    void add(int fd, std::uint64_t tag, std::uint32_t events);
    void modify(int fd, std::uint64_t tag, std::uint32_t events);
    /// Valid until the next call. Empty when `milliseconds` are over.
    std::span<const epoll_event> wait(int milliseconds);

  private:
    int fd_;
    std::array<epoll_event, 1024> events_;
};

}  // namespace confcast::load
