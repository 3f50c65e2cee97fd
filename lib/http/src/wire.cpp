#include "wire.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace confcast::http {

void Wire::close() {
    if (is_kept()) {
        poller_->remove(kept_, *client_);
        ::close(std::exchange(kept_, -1));
        return;
    }
    ErrorCode ignored;
    socket_.close(ignored);
}

bool Wire::keep(Poller& poller, Poller::Client& client) {
    if (tls_ || is_kept()) return false;
    ErrorCode ec;
    const int descriptor = socket_.release(ec);
    if (ec) return false;
    kept_ = descriptor;
    poller_ = &poller;
    client_ = &client;
    if (poller.add(descriptor, client)) return true;
    take_back();
    return false;
}

void Wire::give_back() {
    if (!is_kept()) return;
    poller_->remove(kept_, *client_);
    take_back();
}

void Wire::take_back() {
    int family = AF_INET;
    socklen_t size = sizeof family;
    ::getsockopt(kept_, SOL_SOCKET, SO_DOMAIN, &family, &size);
    ErrorCode ec;
    socket_.assign(family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), kept_, ec);
    if (ec) ::close(kept_);
    kept_ = -1;
}

std::size_t Wire::read_kept(asio::mutable_buffer into, ErrorCode& ec) const {
    for (;;) {
        const auto n = ::recv(kept_, into.data(), into.size(), MSG_DONTWAIT);
        if (n >= 0) {
            ec = {};
            return static_cast<std::size_t>(n);
        }
        if (errno == EINTR) continue;
        ec = {errno, boost::system::system_category()};
        return 0;
    }
}

bool Wire::say_end() {
    if (tls_ && !tls_->say_end(descriptor())) return false;
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    return true;
}

std::size_t Wire::unacknowledged() const {
    const std::size_t waits = http::unacknowledged(const_cast<Wire*>(this)->descriptor());
    return tls_ ? waits - std::min(waits, tls_->in_record()) : waits;
}

}  // namespace confcast::http
