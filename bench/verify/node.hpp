// The confcastd under test: started on one port again and again, with flags that the seed draws.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "confcast/load/socket.hpp"
#include "confcast/test/child_process.hpp"

namespace confcast::verify {

class Node {
  public:
    Node(std::filesystem::path binary, std::string store, std::filesystem::path log);

    /// Ready when it returns. Throws std::runtime_error, with what it printed, when it does not get ready.
    void start(const std::vector<std::string>& flags);
    /// SIGKILL, and waits until it is gone.
    void kill();
    /// SIGTERM. Throws std::runtime_error when it does not end, or not with 0.
    void drain();
    /// Throws std::runtime_error when it has ended although nobody asked it to.
    void must_run();

    const load::Endpoint& endpoint() const { return endpoint_; }

  private:
    std::string last_words() const;

    std::filesystem::path binary_;
    std::string store_;
    std::filesystem::path log_;
    load::Endpoint endpoint_;
    std::optional<test::ChildProcess> process_;
};

}  // namespace confcast::verify
