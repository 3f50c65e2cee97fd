// How a client behaves. Everything that waits has a limit here, everything that grows too.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "confcast/client/status.hpp"

namespace confcast::client {

using std::chrono::milliseconds;

struct Options {
    /// "http://HOST:PORT", "https://HOST:PORT" or "HOST:PORT" (port 8080 when there is none, with TLS too), of one
    /// store. They are tried in turn; the one that works is kept.
    std::vector<std::string> servers{"http://127.0.0.1:8080"};
    std::string token{};  // sent as "Authorization: Bearer …"
    /// Gives a token that is good for a while: asked before each connection of the stream, when the server says that
    /// the token is about to end, and once after it was refused (401, 4001). Called on the loop, so it must not block;
    /// "" or an exception leaves the token as it is. It should give the same text as long as that is good: a stream
    /// that comes back with another one gets the state anew.
    std::function<std::string()> token_source{};
    std::string user_agent{};  // put before the library's own

    // https; the files are PEM, and read once, when the client is made
    std::filesystem::path tls_ca_file{};           // who may sign servers' certificates; "" = the system's store
    std::filesystem::path tls_certificate_file{};  // who this client is: with what is between it and its CA
    std::filesystem::path tls_key_file{};          // its key
    std::string tls_server_name{};                 // whom the certificate has to be for; "" = the server's host
    bool tls_verify = true;  // false: whoever answers is taken for the server, and may read and change everything

    // calls
    milliseconds timeout{10'000};         // of a call that names none
    milliseconds connect_timeout{2'000};  // of one server, so that there is time for the next one
    std::size_t max_idle_connections = 4;
    milliseconds idle_timeout{30'000};  // a connection that was idle longer is not used again
    std::size_t max_body = 64U << 20U;  // of an answer

    // the stream
    std::string client_id{};                                    // shown in GET /api/v1/clients
    std::vector<std::pair<std::string, std::string>> labels{};  // the same
    bool ack = false;               // tell the server what was applied, and what failed (a callback that throws)
    milliseconds backoff_min{100};  // between attempts: full jitter
    milliseconds backoff_max{5'000};
    milliseconds healthy_after{5'000};  // a stream that was live so long has made good for failures before it
    milliseconds handshake_timeout{5'000};
    milliseconds silence_timeout{40'000};  // a stream on which nothing came for so long, pongs included, is cut
    std::size_t max_filters = 100;         // of all subscriptions together; the server's own limit is 100
    std::size_t max_message = 64U << 20U;
    StatusCallback on_status{};

    /// Where to keep what was told, for a start without a server; unset = nowhere.
    std::optional<std::filesystem::path> last_known_good{};
    milliseconds save_every{1'000};  // at most so often; each time costs an fsync on the loop
};

}  // namespace confcast::client
