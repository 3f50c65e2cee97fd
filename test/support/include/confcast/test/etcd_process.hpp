// A real etcd of a test's own, alone or one of several members: free loopback ports, its data in a temporary directory,
// killed at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

struct EtcdSetup {
    std::vector<std::string> flags = {};      // added
    std::vector<std::string> ctl_flags = {};  // what etcdctl needs besides --endpoints
    std::string scheme = "http";              // https: the flags bring the certificates
};

class EtcdProcess {
  public:
    /// Why there is no etcd to test with on this machine; empty when there is one.
    static std::string missing();

    /// Listens when it returns. Throws std::runtime_error, with what etcd printed, when it does not.
    explicit EtcdProcess(EtcdSetup setup = {});

    /// Starts it again on the same ports and data. Precondition: it has ended.
    void start();
    /// SIGKILL, and waits until it is gone.
    void kill();
    void signal(int number) const { process_->signal(number); }
    /// Removes its data: the next start is an empty etcd, of another cluster or of one with the same id (as after a
    /// restore from a backup). Precondition: it has ended.
    enum class Id : std::uint8_t { other, same };
    void wipe(Id id = Id::other);

    /// HOST:PORT of its client API.
    std::string endpoint() const { return "127.0.0.1:" + std::to_string(client_port_); }
    /// What etcdctl prints. Throws std::runtime_error when it fails.
    std::string ctl(std::vector<std::string> arguments) const;

    /// From now on it asks who one is: `confcast`, password `pass:word`, may read and write the settings and nothing
    /// else. Precondition: started with users().
    void enable_users();
    /// An etcd whose users are made by enable_users(); its tokens live so long.
    static EtcdSetup users(int token_seconds);

  private:
    friend class EtcdMembers;
    struct Unstarted {};
    EtcdProcess(EtcdSetup setup, std::string name, Unstarted);
    std::string peer_url() const { return setup_.scheme + "://127.0.0.1:" + std::to_string(peer_port_); }
    void spawn();
    void wait_until_it_listens();

    std::unique_ptr<TemporaryDirectory> directory_ = std::make_unique<TemporaryDirectory>();
    EtcdSetup setup_;
    std::string name_;
    std::uint16_t client_port_;
    std::uint16_t peer_port_;
    std::string members_;  // NAME=URL,…
    int token_ = 0;        // names the cluster: its id is a hash of this
    std::optional<ChildProcess> process_;
};

class EtcdMembers {
  public:
    /// All members listen when it returns.
    explicit EtcdMembers(std::size_t members);

    EtcdProcess& member(std::size_t i) { return *members_[i]; }
    std::vector<std::string> endpoints() const;

  private:
    std::vector<std::unique_ptr<EtcdProcess>> members_;
};

}  // namespace confcast::test
