#include "confcast/test/etcd_cluster.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <stdexcept>

namespace confcast::test {
namespace {

constexpr const char* etcd = "/usr/bin/etcd";
constexpr const char* etcdctl = "/usr/bin/etcdctl";

class LoopbackSocket {
  public:
    explicit LoopbackSocket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    ~LoopbackSocket() { ::close(fd_); }
    LoopbackSocket(const LoopbackSocket&) = delete;
    LoopbackSocket& operator=(const LoopbackSocket&) = delete;

    bool connects() { return ::connect(fd_, raw(), sizeof address_) == 0; }
    std::uint16_t bound_port() {
        socklen_t size = sizeof address_;
        if (::bind(fd_, raw(), size) != 0 || ::getsockname(fd_, raw(), &size) != 0)
            throw std::runtime_error("no free port");
        return ntohs(address_.sin_port);
    }

  private:
    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&address_); }
    int fd_;
    sockaddr_in address_{};
};

std::uint16_t free_port(std::set<std::uint16_t>& taken) {
    for (;;) {
        const auto port = LoopbackSocket(0).bound_port();
        if (taken.insert(port).second) return port;
    }
}

std::string url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

std::string EtcdCluster::missing() {
    if (::access(etcd, X_OK) != 0) return "there is no /usr/bin/etcd (Debian package etcd-server)";
    if (::access(etcdctl, X_OK) != 0) return "there is no /usr/bin/etcdctl (Debian package etcd-client)";
    return {};
}

EtcdCluster::EtcdCluster(EtcdClusterSetup setup) : setup_(std::move(setup)) {
    if (const auto why = missing(); !why.empty()) throw std::runtime_error(why);
    std::set<std::uint16_t> taken;
    for (std::size_t i = 0; i < setup_.members; ++i) {
        auto& member = members_.emplace_back();
        member.name = "m" + std::to_string(i);
        member.client_port = free_port(taken);
        member.peer_port = free_port(taken);
        initial_cluster_ += (i == 0 ? "" : ",") + member.name + "=" + url(member.peer_port);
    }
    // Nobody serves before most have been started.
    for (auto& member : members_) launch(member);
    for (auto& member : members_) wait_serving(member);
}

std::string EtcdCluster::endpoints() const {
    std::string text;
    for (std::size_t i = 0; i < size(); ++i) text += (i == 0 ? "" : ",") + endpoint(i);
    return text;
}

void EtcdCluster::launch(Member& member) {
    const auto place = std::filesystem::path(directory_.path());
    // Elections are short enough for a test to wait for, and long enough for a busy machine.
    std::vector<std::string> argv{etcd,
                                  "--name",
                                  member.name,
                                  "--data-dir",
                                  place / member.name,
                                  "--listen-client-urls",
                                  url(member.client_port),
                                  "--advertise-client-urls",
                                  url(member.client_port),
                                  "--listen-peer-urls",
                                  url(member.peer_port),
                                  "--initial-advertise-peer-urls",
                                  url(member.peer_port),
                                  "--initial-cluster",
                                  initial_cluster_,
                                  "--initial-cluster-token",
                                  "test-" + std::to_string(token_),
                                  "--heartbeat-interval",
                                  "50",
                                  "--election-timeout",
                                  "500",
                                  "--experimental-watch-progress-notify-interval",
                                  setup_.progress_interval,
                                  "--logger",
                                  "zap",
                                  "--log-level",
                                  "error"};
    if (!setup_.syncs) argv.emplace_back("--unsafe-no-fsync");
    member.process.emplace(std::move(argv), place / (member.name + ".log"));
}

void EtcdCluster::wait_serving(Member& member) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!LoopbackSocket(member.client_port).connects()) {
        if (member.process->wait(std::chrono::milliseconds{5}))
            throw std::runtime_error("etcd has ended:\n" + member.process->output());
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("etcd does not serve:\n" + member.process->output());
    }
}

void EtcdCluster::kill(std::size_t member) {
    members_[member].process->signal(SIGKILL);
    members_[member].process->wait(std::chrono::seconds{30});
}

void EtcdCluster::start(std::size_t member) {
    launch(members_[member]);
    wait_serving(members_[member]);
}

void EtcdCluster::rebuild() {
    for (std::size_t i = 0; i < size(); ++i) kill(i);
    for (const auto& member : members_)
        std::filesystem::remove_all(std::filesystem::path(directory_.path()) / member.name);
    ++token_;
    for (auto& member : members_) launch(member);
    for (auto& member : members_) wait_serving(member);
}

std::string EtcdCluster::ctl(const std::vector<std::string>& arguments) const {
    return run_ctl(endpoints(), arguments);
}

std::string EtcdCluster::ctl_at(std::size_t member, const std::vector<std::string>& arguments) const {
    return run_ctl(endpoint(member), arguments);
}

std::string EtcdCluster::run_ctl(const std::string& endpoints, const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{"/usr/bin/env", "ETCDCTL_API=3", etcdctl, "--endpoints", endpoints};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ChildProcess process(std::move(argv),
                         std::filesystem::path(directory_.path()) / ("ctl" + std::to_string(calls_++)));
    const auto code = process.wait(std::chrono::seconds{30});
    if (code != 0) throw std::runtime_error("etcdctl failed:\n" + process.output());
    return process.output();
}

}  // namespace confcast::test
