#include "confcast/load/poller.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace confcast::load {

Poller::Poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)), events_{} {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Poller::~Poller() { ::close(fd_); }

void Poller::add(int fd, std::uint64_t tag, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Poller::modify(int fd, std::uint64_t tag, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    ::epoll_ctl(fd_, EPOLL_CTL_MOD, fd, &event);
}

std::span<const epoll_event> Poller::wait(int milliseconds) {
    const int count = ::epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()), milliseconds);
    return {events_.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

}  // namespace confcast::load
