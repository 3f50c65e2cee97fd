// A non-blocking TCP socket and the few things that load tools do with one. Failures throw std::system_error: a tool
// that cannot reach its server has nothing else to do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace confcast::load {

using Clock = std::chrono::steady_clock;

struct Endpoint {
    std::string host = "127.0.0.1";  // an IPv4 address
    std::uint16_t port = 8080;
    /// "HOST:PORT" or "PORT"; nullopt for anything else.
    static std::optional<Endpoint> parse(std::string_view text);
    std::string to_string() const { return host + ":" + std::to_string(port); }
};

class Socket {
  public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept;
    ~Socket() { close(); }

    /// Starts to connect and returns at once; the socket is writable when it is done (then ask connect_error()).
    /// `receive_buffer`: bytes the kernel keeps for us before the sender is stopped; 0 = the system's choice.
    static Socket start_connect(const Endpoint& endpoint, int receive_buffer = 0);
    /// Connected when it returns.
    static Socket connect(const Endpoint& endpoint, std::chrono::milliseconds limit = std::chrono::seconds{10},
                          int receive_buffer = 0);

    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    void close();
    int connect_error() const;
    /// The peer will see a reset instead of an end.
    void reset_on_close();

    /// nullopt: nothing there yet. 0: the peer has ended (or reset) the connection.
    std::optional<std::size_t> read_some(std::span<char> into);
    /// How many bytes the kernel took: 0 when it takes none now. nullopt: the connection is gone.
    std::optional<std::size_t> write_some(std::string_view bytes);

    /// Waits. False at the deadline.
    bool wait_readable(Clock::time_point deadline) const;
    bool wait_writable(Clock::time_point deadline) const;
    /// All of it, or std::system_error (timed_out at the deadline, connection_reset when the peer has gone).
    void write_all(std::string_view bytes, Clock::time_point deadline);

  private:
    int fd_ = -1;
};

/// Lets this process have as many descriptors as the system permits; returns how many that are.
std::size_t raise_descriptor_limit();

/// A port of 127.0.0.1 that nobody listens on at this moment.
std::uint16_t free_port();

}  // namespace confcast::load
