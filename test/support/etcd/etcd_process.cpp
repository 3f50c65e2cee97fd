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

EtcdProcess::EtcdProcess(EtcdSetup setup, std::string name, Unstarted)
    : setup_(std::move(setup)), name_(std::move(name)), client_port_(free_port()), peer_port_(free_port()) {}

EtcdProcess::EtcdProcess(EtcdSetup setup) : EtcdProcess(std::move(setup), "test", Unstarted{}) {
    members_ = name_ + "=" + peer_url();
    start();
}

void EtcdProcess::start() {
    spawn();
    wait_until_it_listens();
}

void EtcdProcess::spawn() {
    const std::string client = setup_.scheme + "://" + endpoint();
    const auto log = directory_->path() / "log";
    // A short interval of progress: etcd's own is ten minutes. Short elections: a single member waits for one at start;
    // of several, a busy machine must not make them hold one after the other.
    const bool alone = members_.find(',') == std::string::npos;
    std::vector<std::string> argv{etcd};
    const std::pair<const char*, std::string> flags[] = {
        {"--name", name_},
        {"--data-dir", (directory_->path() / "data").string()},
        {"--listen-client-urls", client},
        {"--advertise-client-urls", client},
        {"--listen-peer-urls", peer_url()},
        {"--initial-advertise-peer-urls", peer_url()},
        {"--initial-cluster", members_},
        {"--initial-cluster-token", "test-" + std::to_string(token_)},
        {"--heartbeat-interval", alone ? "10" : "50"},
        {"--election-timeout", alone ? "100" : "500"},
        {"--experimental-watch-progress-notify-interval", "100ms"},
        {"--logger", "zap"},
        {"--log-level", "error"},
    };
    for (const auto& [flag, value] : flags) argv.insert(argv.end(), {flag, value});
    argv.emplace_back("--unsafe-no-fsync");
    if (!alone) argv.emplace_back("--pre-vote");  // else members that start together take turns to depose each other
    argv.insert(argv.end(), setup_.flags.begin(), setup_.flags.end());
    process_.emplace(std::move(argv), log);
}

void EtcdProcess::wait_until_it_listens() {
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

void EtcdProcess::wipe(Id id) {
    std::filesystem::remove_all(directory_->path() / "data");
    if (id == Id::other) ++token_;
}

EtcdSetup EtcdProcess::users(int token_seconds) {
    return {.flags = {"--bcrypt-cost", "4", "--auth-token-ttl", std::to_string(token_seconds)},
            .ctl_flags = {"--user", "root:secret"}};
}

void EtcdProcess::enable_users() {
    for (const std::vector<std::string>& step : std::vector<std::vector<std::string>>{
             {"user", "add", "root:secret"},
             {"user", "grant-role", "root", "root"},
             {"user", "add", "confcast:pass:word"},
             {"role", "add", "settings"},
             {"role", "grant-permission", "settings", "readwrite", "/config.", "/config0"},
             {"user", "grant-role", "confcast", "settings"},
             {"auth", "enable"}})
        ctl(step);
}

std::string EtcdProcess::ctl(std::vector<std::string> arguments) const {
    std::vector<std::string> argv{"/usr/bin/env", "ETCDCTL_API=3", etcdctl, "--endpoints", endpoint()};
    argv.insert(argv.end(), setup_.ctl_flags.begin(), setup_.ctl_flags.end());
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto log = directory_->path() / "ctl";
    std::filesystem::remove(log);
    ChildProcess process(std::move(argv), log);
    const auto code = process.wait(std::chrono::seconds{20});
    if (code != 0) throw std::runtime_error("etcdctl failed:\n" + process.output());
    return process.output();
}

EtcdMembers::EtcdMembers(std::size_t members) {
    std::string all;
    for (std::size_t i = 0; i < members; ++i) {
        auto one =
            std::unique_ptr<EtcdProcess>(new EtcdProcess({}, "member" + std::to_string(i), EtcdProcess::Unstarted{}));
        all += (i == 0 ? "" : ",") + one->name_ + "=" + one->peer_url();
        members_.push_back(std::move(one));
    }
    // A member listens when there is a quorum: all are started before the first is waited for.
    for (auto& one : members_) {
        one->members_ = all;
        one->spawn();
    }
    for (auto& one : members_) one->wait_until_it_listens();
}

std::vector<std::string> EtcdMembers::endpoints() const {
    std::vector<std::string> endpoints;
    for (const auto& one : members_) endpoints.push_back(one->endpoint());
    return endpoints;
}

}  // namespace confcast::test
