// A real etcd of a test's own: one member on free loopback ports, its data in a temporary directory, killed at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

class EtcdProcess {
  public:
    /// Why there is no etcd to test with on this machine; empty when there is one.
    static std::string missing();

    /// Listens when it returns. Throws std::runtime_error, with what etcd printed, when it does not.
    EtcdProcess();

    /// Starts it again on the same ports and data. Precondition: it has ended.
    void start();
    /// SIGKILL, and waits until it is gone.
    void kill();
    void signal(int number) const { process_->signal(number); }
    /// Removes its data, so that the next start is another cluster. Precondition: it has ended.
    void wipe();

    /// HOST:PORT of its client API.
    std::string endpoint() const { return "127.0.0.1:" + std::to_string(client_port_); }
    /// What etcdctl prints. Throws std::runtime_error when it fails.
    std::string ctl(std::vector<std::string> arguments) const;

  private:
    std::unique_ptr<TemporaryDirectory> directory_ = std::make_unique<TemporaryDirectory>();
    std::uint16_t client_port_;
    std::uint16_t peer_port_;
    int token_ = 0;  // names the cluster: its id is a hash of this
    std::optional<ChildProcess> process_;
};

}  // namespace confcast::test
