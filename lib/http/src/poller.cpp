#include "poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace confcast::http {
namespace {

constexpr int looks_per_turn = 4;

}  // namespace

Poller::Poller(const Executor& executor) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), watched_(executor) {
    boost::system::error_code ec;
    if (epoll_ >= 0) watched_.assign(epoll_, ec);
    if (!ec) return;
    ::close(epoll_);
    epoll_ = -1;
}

Poller::~Poller() = default;  // the descriptor is watched_'s

bool Poller::add(int descriptor, Client& client) {
    if (epoll_ < 0) return false;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &client;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) return false;
    ++size_;
    arm();
    return true;
}

void Poller::remove(int descriptor, Client& client) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
    // What the kernel has said of it already is not told any more.
    for (std::size_t i = at_; i < count_; ++i)
        if (events_[i].data.ptr == &client) events_[i].data.ptr = nullptr;
    std::ranges::replace(soon_, &client, static_cast<Client*>(nullptr));
    // The loop runs empty when there is nobody left to wait for.
    if (--size_ == 0 && armed_) stop_waiting();
}

void Poller::soon(Client& client) {
    soon_.push_back(&client);
    if (!turning_) turn_soon();
}

void Poller::turn_soon() {
    if (std::exchange(posted_, true)) return;
    asio::post(watched_.get_executor(), [self = shared_from_this()] {
        self->posted_ = false;
        self->turn();
    });
}

// A wait on the whole asks the kernel each time how things are, so no edge can be missed.
void Poller::arm() {
    if (armed_ || size_ == 0) return;
    armed_ = true;
    watched_.async_wait(asio::posix::descriptor_base::wait_read,
                        [self = shared_from_this()](const boost::system::error_code&) {
                            self->armed_ = false;
                            self->turn();
                        });
}

// Whoever is told may end anybody, himself too.
void Poller::turn() {
    turning_ = true;
    // Who is to be told again comes behind these, and has to wait for the next turn.
    const std::size_t due = soon_.size();
    for (std::size_t i = 0; i < due; ++i)
        if (Client* client = std::exchange(soon_[i], nullptr)) client->on_ready(false);
    std::erase(soon_, nullptr);

    // Under load more is ready by the time that these are served: to look again is cheaper than a round of the loop.
    for (int looks = 0; looks < looks_per_turn; ++looks) {
        const int ready = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
        count_ = ready > 0 ? static_cast<std::size_t>(ready) : 0;
        for (at_ = 0; at_ < count_;) {
            const epoll_event event = events_[at_++];
            const bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            if (event.data.ptr != nullptr) static_cast<Client*>(event.data.ptr)->on_ready(ended);
        }
        at_ = count_ = 0;
        if (ready <= 0) break;
    }

    turning_ = false;
    std::erase(soon_, nullptr);
    if (!soon_.empty()) turn_soon();
    arm();
}

void Poller::stop_waiting() {
    boost::system::error_code ignored;
    watched_.cancel(ignored);
}

}  // namespace confcast::http
