// A blocking connection of an honest client, over TCP or TLS, from an address of loopback of its own: limits that count
// by address must not take the honest for the attackers.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "confcast/load/http.hpp"

namespace confcast::hostile {

class Channel {
  public:
    static constexpr const char* honest_address = "127.0.0.2";

    /// Throws std::runtime_error when there is no connection (or handshake) within ten seconds.
    Channel(const load::Endpoint& server, bool tls, const char* from = honest_address);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// Throws std::runtime_error when the connection is gone, or silent for ten seconds.
    void write(std::string_view bytes);
    /// What is there, at least one byte; "" when a quarter of a second brought none (`patient`: ten seconds, then it
    /// throws).
    std::string read(bool patient = true);

    /// One final answer to what is sent.
    load::HttpResponse ask(std::string_view request);
    /// The server ends the connection within ten seconds, and nothing comes before that.
    bool ends();

  private:
    int fd_ = -1;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
    load::ResponseReader reader_;
};

}  // namespace confcast::hostile
