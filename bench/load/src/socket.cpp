#include "confcast/load/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace confcast::load {
namespace {

[[noreturn]] void fail(int code, const std::string& what) {
    throw std::system_error(code, std::generic_category(), what);
}

sockaddr_in address_of(const Endpoint& endpoint) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    if (inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) != 1)
        fail(EINVAL, "not an IPv4 address: " + endpoint.host);
    return address;
}

bool wait_for(int fd, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd entry{fd, events, 0};
        const int ready = ::poll(&entry, 1, left > 0 ? static_cast<int>(left) : 0);
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (errno != EINTR) fail(errno, "poll");
    }
}

bool is_gone(int error) { return error == ECONNRESET || error == EPIPE || error == ENOTCONN || error == ECONNABORTED; }

}  // namespace

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
    Endpoint endpoint;
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        endpoint.host = text.substr(0, colon);
        if (endpoint.host == "localhost") endpoint.host = "127.0.0.1";
        text.remove_prefix(colon + 1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), endpoint.port);
    in_addr ignored{};
    if (error != std::errc{} || end != text.data() + text.size() || endpoint.port == 0 ||
        inet_pton(AF_INET, endpoint.host.c_str(), &ignored) != 1)
        return std::nullopt;
    return endpoint;
}

Socket& Socket::operator=(Socket&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Socket::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Socket Socket::start_connect(const Endpoint& endpoint, int receive_buffer) {
    const auto address = address_of(endpoint);
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) fail(errno, "socket");
    const int on = 1;
    ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer > 0) ::setsockopt(socket.fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        fail(errno, "connect to " + endpoint.to_string());
    return socket;
}

Socket Socket::connect(const Endpoint& endpoint, std::chrono::milliseconds limit, int receive_buffer) {
    auto socket = start_connect(endpoint, receive_buffer);
    if (!socket.wait_writable(Clock::now() + limit)) fail(ETIMEDOUT, "connect to " + endpoint.to_string());
    if (const int error = socket.connect_error(); error != 0) fail(error, "connect to " + endpoint.to_string());
    return socket;
}

int Socket::connect_error() const {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

void Socket::reset_on_close() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::optional<std::size_t> Socket::read_some(std::span<char> into) {
    for (;;) {
        const auto n = ::recv(fd_, into.data(), into.size(), 0);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
        if (is_gone(errno)) return 0;
        if (errno != EINTR) fail(errno, "recv");
    }
}

std::optional<std::size_t> Socket::write_some(std::string_view bytes) {
    for (;;) {
        const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
        if (is_gone(errno)) return std::nullopt;
        if (errno != EINTR) fail(errno, "send");
    }
}

bool Socket::wait_readable(Clock::time_point deadline) const { return wait_for(fd_, POLLIN, deadline); }
bool Socket::wait_writable(Clock::time_point deadline) const { return wait_for(fd_, POLLOUT, deadline); }

void Socket::write_all(std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        const auto written = write_some(bytes);
        if (!written) fail(ECONNRESET, "send");
        bytes.remove_prefix(*written);
        if (*written == 0 && !wait_writable(deadline)) fail(ETIMEDOUT, "send");
    }
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::uint16_t free_port() {
    const Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) fail(errno, "socket");
    auto address = address_of({"127.0.0.1", 0});
    socklen_t size = sizeof address;
    if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0) fail(errno, "bind");
    ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace confcast::load
