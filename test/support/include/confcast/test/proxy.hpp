// A TCP proxy on loopback that behaves badly on command: between a server under test and what it talks to.
// It runs on a thread of its own; commands may come from any thread and have happened when they return.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace confcast::test {

class Proxy {
  public:
    /// Listens on a free port and carries what comes to this port of 127.0.0.1.
    explicit Proxy(std::uint16_t target);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    std::uint16_t port() const;
    std::string endpoint() const { return "127.0.0.1:" + std::to_string(port()); }

    /// Resets every connection. New ones are carried as before.
    void cut();
    /// New connections are reset at once, until refuse(false).
    void refuse(bool on);
    /// Not a byte is carried, either way, and nothing is closed, until stall(false): a partition.
    void stall(bool on);
    /// What is read from now on waits for so long before it is written; 0 = no more.
    void delay(std::chrono::milliseconds length);
    /// The accepted side is told that the other has no more to say; what it still says is carried.
    void half_close();

    /// Open now; and accepted so far, refused ones included.
    std::size_t connections() const;
    std::uint64_t accepted() const;

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace confcast::test
