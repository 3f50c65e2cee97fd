#include "channel.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace confcast::hostile {
namespace {

constexpr timeval patience{10, 0};

sockaddr_in address_of(const char* host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string("an honest client: ") + what); }

int open_socket(const load::Endpoint& server, const char* from) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in source = address_of(from, 0);
    const sockaddr_in target = address_of(server.host.c_str(), server.port);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0 &&
        ::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0)
        return fd;
    ::close(fd);
    fail("no connection");
}

}  // namespace

Channel::Channel(const load::Endpoint& server, bool tls, const char* from) : fd_(open_socket(server, from)) {
    if (!tls) return;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), fd_);
    if (SSL_connect(tls_.get()) == 1) return;
    ::close(fd_);
    fail("no handshake");
}

Channel::~Channel() {
    if (fd_ >= 0) ::close(fd_);
}

void Channel::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) fail("the connection is gone");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

std::string Channel::read(bool patient) {
    std::array<char, 16'384> buffer;
    if (!patient && (!tls_ || SSL_pending(tls_.get()) == 0)) {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 250) == 0) return {};
    }
    const auto size = tls_ ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                           : ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size <= 0) fail("the connection is gone, or silent");
    return {buffer.data(), static_cast<std::size_t>(size)};
}

load::HttpResponse Channel::ask(std::string_view request) {
    write(request);
    for (;;) {
        if (auto response = reader_.next(); response && response->status != 100) return *std::move(response);
        reader_.feed(read());
    }
}

bool Channel::ends() {
    if (!reader_.take_rest().empty()) return false;
    char byte = 0;
    const auto size = tls_ ? SSL_read(tls_.get(), &byte, 1) : ::recv(fd_, &byte, 1, 0);
    return size == 0 || (size < 0 && errno != EAGAIN);
}

}  // namespace confcast::hostile
