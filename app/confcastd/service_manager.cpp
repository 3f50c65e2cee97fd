#include "service_manager.hpp"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#ifdef CONFCAST_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace confcast::app {

#ifdef CONFCAST_SYSTEMD

namespace {

Error no_socket(const std::string& reason) { return Error(Errc::invalid_parameter).with("reason", reason); }

// systemd wants to know since when, so that no READY=1 of before is taken for the answer.
std::uint64_t monotonic_us() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
}

}  // namespace

ServiceManager::ServiceManager() {
    const char* const address = std::getenv("NOTIFY_SOCKET");
    listens_ = address != nullptr && *address != '\0';
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) > 0) watchdog_ = std::chrono::microseconds{microseconds};
}

void ServiceManager::tell_ready(const std::string& status) const {
    ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void ServiceManager::tell_reloading() const {
    ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us())).c_str());
}

void ServiceManager::tell_stopping() const { ::sd_notify(0, "STOPPING=1\nSTATUS=shutting down"); }

void ServiceManager::tell_alive(const std::string& status) const {
    ::sd_notify(0, ((watchdog_ ? "WATCHDOG=1\n" : "") + ("STATUS=" + status)).c_str());
}

Result<std::optional<InheritedSocket>> ServiceManager::inherited_socket() {
    const int count = ::sd_listen_fds(1);
    if (count < 0)
        return no_socket(std::string("the service manager's sockets cannot be taken: ") + std::strerror(-count));
    if (count == 0) return std::optional<InheritedSocket>();
    if (count > 1)
        return no_socket("the service manager has given " + std::to_string(count) +
                         " sockets: one ListenStream= is wanted, of a port");
    InheritedSocket out;
    out.descriptor = SD_LISTEN_FDS_START;
    if (::sd_is_socket(out.descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        return no_socket("what the service manager has given is no socket that listens (Accept=no is wanted)");
    boost::asio::ip::tcp::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockname(out.descriptor, endpoint.data(), &size) != 0 ||
        (endpoint.data()->sa_family != AF_INET && endpoint.data()->sa_family != AF_INET6))
        return no_socket("what the service manager has given is no TCP socket: write ListenStream=HOST:PORT");
    endpoint.resize(size);
    out.host = endpoint.address().to_string();
    out.port = endpoint.port();
    return std::optional(std::move(out));
}

#else

ServiceManager::ServiceManager() = default;
void ServiceManager::tell_ready(const std::string&) const {}
void ServiceManager::tell_reloading() const {}
void ServiceManager::tell_stopping() const {}
void ServiceManager::tell_alive(const std::string&) const {}
Result<std::optional<InheritedSocket>> ServiceManager::inherited_socket() { return std::optional<InheritedSocket>(); }

#endif

}  // namespace confcast::app
