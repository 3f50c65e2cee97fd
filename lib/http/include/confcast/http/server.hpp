// The listener and its connections: HTTP/1.1 on Beast behind a strict gate (RFC 9112), keep-alive, pipelining,
// upgrades.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/log.hpp"
#include "confcast/http/middleware.hpp"
#include "confcast/http/tls.hpp"

namespace confcast::http {

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;                    // 0 = any free one
    int descriptor = -1;                          // of a socket that listens already: host and port are its own
    bool reuse_port = false;                      // other processes may listen there too (SO_REUSEPORT)
    std::size_t max_connections = 0;              // 0 = RLIMIT_NOFILE - 64
    std::size_t max_connections_per_address = 0;  // IPv6: per /64; 0 = three quarters of max_connections
    std::size_t accept_rate = 5'000;   // connections a second; those over it wait to be accepted. 0 = no limit
    std::size_t accept_burst = 1'000;  // as many at once after a rest
    std::size_t max_head = 8U << 10U;
    std::size_t max_target = 4U << 10U;
    std::size_t max_body = 2U << 20U;  // when body_limit does not say otherwise
    std::size_t max_websocket_message = 64U << 10U;
    std::size_t websocket_rate =
        1'000;  // messages a second of one client; a faster one is read no faster. 0 = no limit
    std::size_t websocket_burst = 2'000;                      // at once after a rest
    std::size_t max_unsent = 32U << 10U;                      // of a WebSocket or a stream, about, in the kernel
    std::chrono::milliseconds head_timeout{10'000};           // absolute, from the first byte of a request
    std::chrono::milliseconds body_timeout{30'000};           // absolute, from the end of the head
    std::chrono::milliseconds write_timeout{30'000};          // a write that moves no byte for so long
    std::chrono::milliseconds idle_timeout{75'000};           // between requests
    std::chrono::milliseconds handshake_timeout{10'000};      // WebSocket
    std::chrono::milliseconds tls_handshake_timeout{10'000};  // absolute, from the accept
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds pong_timeout{10'000};
    std::chrono::milliseconds stream_keep_alive{15'000};  // a stream that is quiet so long says that it lives
    std::string standing_headers;  // whole header lines, each with its CRLF, of every answer but a 101
    /// The body limit for a request whose head has been read; unset = max_body for all.
    std::function<std::size_t(const Request& head)> body_limit;
};

struct ServerStats {
    std::uint64_t accepted = 0;
    std::uint64_t refused_connections = 0;  // over a limit: answered 503 and closed
    std::uint64_t accept_pauses = 0;        // times that accepting waited for its rate
    std::uint64_t accept_errors = 0;        // EMFILE and friends: survived
    std::uint64_t requests = 0;
    std::uint64_t kept = 0;          // connections that went over to the poller, to wait there between requests
    std::uint64_t bad_requests = 0;  // refused by the gate or the parser
    std::uint64_t timeouts = 0;
    std::uint64_t tls_handshakes = 0;  // that went well
    std::uint64_t tls_failures = 0;    // handshakes that did not: garbage, no common cipher, a certificate refused
    std::uint64_t upgrades = 0;
    std::uint64_t messages_held = 0;  // of WebSocket clients over their rate: read later
    std::uint64_t streams_begun = 0;
    std::uint64_t connections = 0;  // open now
    std::uint64_t websockets = 0;   // open now
    std::uint64_t streams = 0;      // open now: answers without an end
    std::uint64_t bytes_sent = 0;
};

class Server {
  public:
    /// `chain` sees every request; `render` makes the answers that are given before a chain can run (400, 408, 413,
    /// 431, 503). All references outlive the server.
    Server(Executor executor, ServerOptions options, const Chain& chain, const ErrorRenderer& render,
           const Clock& clock, Log& log);
    /// After shutdown(), or when the loop is not run any more: what is left is cut.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// From now on new connections speak TLS by this context; nullptr: none (the default). Open ones go on as they are.
    void set_tls(std::shared_ptr<const TlsContext> tls);

    /// Other limits from now on, for open connections as far as they still come to them. Host and port stay.
    void reconfigure(ServerOptions options);

    /// Binds and listens. Error: invalid_parameter (detail "reason"). After it port() is the real port.
    Result<> listen();
    std::uint16_t port() const;

    /// Accepts until stop_accepting() or cancellation; survives every accept error. Run once, in a TaskGroup.
    Awaitable<> run();

    void stop_accepting();
    /// Ends: idle connections now, others after their current response ("Connection: close"); what is left at the
    /// deadline is cut. WebSockets and streams are the business of their handlers until
    /// the deadline. Returns when none is left.
    Awaitable<> shutdown(SteadyTime deadline);

    /// Acts on every deadline that has passed by the server's clock. Happens by itself a few times a second of real
    /// time; for tests that move the clock.
    void sweep();

    const ServerStats& stats() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::http
