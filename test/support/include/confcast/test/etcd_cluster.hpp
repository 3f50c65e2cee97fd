// A real etcd cluster of a test's own: one or more members on free loopback ports, data in a temporary directory, all
// killed at the end. Members are killed, started again, stopped and let go on by number.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

struct EtcdClusterSetup {
    std::size_t members = 3;
    std::string progress_interval = "100ms";  // of watches; etcd's own is ten minutes
    bool syncs = false;                       // to disk, before it answers; of no use to a test
};

class EtcdCluster {
  public:
    /// Why there can be none on this machine; empty when there can.
    static std::string missing();

    /// Has a leader when it returns. Throws std::runtime_error, with what etcd printed, when it does not.
    explicit EtcdCluster(EtcdClusterSetup setup = {});

    std::size_t size() const { return members_.size(); }
    std::uint16_t port(std::size_t member) const { return members_[member].client_port; }
    std::string endpoint(std::size_t member) const { return "127.0.0.1:" + std::to_string(port(member)); }
    /// HOST:PORT,HOST:PORT,… of all.
    std::string endpoints() const;

    /// SIGKILL, and waits until it is gone.
    void kill(std::size_t member);
    /// Starts it again on the same ports and data; it serves when this returns. Precondition: killed.
    void start(std::size_t member);
    void stop(std::size_t member) { members_[member].process->signal(SIGSTOP); }
    void go_on(std::size_t member) { members_[member].process->signal(SIGCONT); }
    /// Kills all, forgets all data and starts another cluster on the same ports.
    void rebuild();

    /// What etcdctl prints; it is given the endpoints. Throws std::runtime_error when it fails.
    std::string ctl(const std::vector<std::string>& arguments) const;
    std::string ctl_at(std::size_t member, const std::vector<std::string>& arguments) const;

  private:
    struct Member {
        std::string name;
        std::uint16_t client_port = 0;
        std::uint16_t peer_port = 0;
        std::optional<ChildProcess> process;
    };

    void launch(Member& member);
    void wait_serving(Member& member);
    std::string run_ctl(const std::string& endpoints, const std::vector<std::string>& arguments) const;

    TemporaryDirectory directory_;
    EtcdClusterSetup setup_;
    std::deque<Member> members_;
    std::string initial_cluster_;
    int token_ = 0;  // names the cluster: its id is a hash of this and the members
    mutable int calls_ = 0;
};

}  // namespace confcast::test
