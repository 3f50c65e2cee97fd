#include "confcast/test/etcd_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace confcast::test {
namespace {

constexpr const char* etcd = "/usr/bin/etcd";
constexpr const char* etcdctl = "/usr/bin/etcdctl";

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    const bool got = ::bind(socket, raw, size) == 0 && ::getsockname(socket, raw, &size) == 0;
    ::close(socket);
    if (!got) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

bool listens(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    const bool connected = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    ::close(socket);
    return connected;
}

}  // namespace

std::string EtcdProcess::missing() {
    if (::access(etcd, X_OK) != 0) return "there is no /usr/bin/etcd (Debian package etcd-server)";
    if (::access(etcdctl, X_OK) != 0) return "there is no /usr/bin/etcdctl (Debian package etcd-client)";
    return {};
}

EtcdProcess::EtcdProcess() : client_port_(free_port()), peer_port_(free_port()) { start(); }

void EtcdProcess::start() {
    const std::string client = "http://" + endpoint();
    const std::string peer = "http://127.0.0.1:" + std::to_string(peer_port_);
    const auto log = directory_->path() / "log";
    // A short interval of progress: etcd's own is ten minutes. Short elections: a single member waits for one at start.
    process_.emplace(std::vector<std::string>{etcd,
                                              "--name",
                                              "test",
                                              "--data-dir",
                                              directory_->path() / "data",
                                              "--listen-client-urls",
                                              client,
                                              "--advertise-client-urls",
                                              client,
                                              "--listen-peer-urls",
                                              peer,
                                              "--initial-advertise-peer-urls",
                                              peer,
                                              "--initial-cluster",
                                              "test=" + peer,
                                              "--initial-cluster-token",
                                              "test-" + std::to_string(token_),
                                              "--heartbeat-interval",
                                              "10",
                                              "--election-timeout",
                                              "100",
                                              "--unsafe-no-fsync",
                                              "--experimental-watch-progress-notify-interval",
                                              "100ms",
                                              "--logger",
                                              "zap",
                                              "--log-level",
                                              "error"},
                     log);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!listens(client_port_)) {
        if (process_->wait(std::chrono::milliseconds{5}))
            throw std::runtime_error("etcd has ended:\n" + process_->output());
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("etcd does not listen");
    }
}

void EtcdProcess::kill() {
    process_->signal(SIGKILL);
    process_->wait(std::chrono::seconds{30});
}

void EtcdProcess::wipe() {
    std::filesystem::remove_all(directory_->path() / "data");
    ++token_;
}

std::string EtcdProcess::ctl(std::vector<std::string> arguments) const {
    std::vector<std::string> argv{"/usr/bin/env", "ETCDCTL_API=3", etcdctl, "--endpoints", endpoint()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto log = directory_->path() / "ctl";
    std::filesystem::remove(log);
    ChildProcess process(std::move(argv), log);
    const auto code = process.wait(std::chrono::seconds{20});
    if (code != 0) throw std::runtime_error("etcdctl failed:\n" + process.output());
    return process.output();
}

}  // namespace confcast::test
