// TLS on one connection: turns what is read and written into records, without ever waiting. Knows the socket by its
// descriptor alone; who waits for it is the Wire's business.
//
// Invariant: of what send() was given, at most one record's worth has been encrypted and is not wholly with the kernel.
// It is not reported as taken before it is, and the next send() begins with the same bytes.
#pragma once

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "confcast/http/tls.hpp"
#include "drop_input.hpp"
#include "receive_now.hpp"
#include "send_now.hpp"
#include "tls_port.hpp"

namespace confcast::http {

class TlsChannel {
  public:
    /// Throws std::bad_alloc.
    explicit TlsChannel(std::shared_ptr<const TlsContext> context);
    TlsChannel(const TlsChannel&) = delete;
    TlsChannel& operator=(const TlsChannel&) = delete;

    enum class Step : std::uint8_t { done, wants_read, wants_write, failed };
    Step handshake(int descriptor);
    /// After a handshake that has failed: why, for logs.
    const std::string& problem() const { return problem_; }
    /// The peer has begun with a letter: it speaks HTTP, and not TLS.
    bool was_plain_text() const { return port_.begun && port_.first >= 'A' && port_.first <= 'Z'; }

    Received read(int descriptor, void* into, std::size_t room);
    /// Whether a read has to wait for the socket: else there may be something here already.
    bool is_drained() const { return port_.drained; }
    Dropped drop_input(int descriptor, std::size_t most);

    Sent send(int descriptor, std::span<const std::string_view> pieces);
    /// Bytes that the kernel has of a record whose content is not reported as taken yet.
    std::size_t in_record() const { return port_.in_record; }
    /// Says that nothing more will come (close_notify). False: the kernel takes no more now.
    bool say_end(int descriptor);

    /// See Request::client_certificate.
    std::string_view client_certificate() const { return client_certificate_; }

  private:
    /// Told by OpenSSL of each message after the handshake.
    static void count_message(int written, int version, int type, const void* bytes, std::size_t size, SSL* ssl,
                              void* self);

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    const std::shared_ptr<const TlsContext> context_;
    TlsPort port_;  // before ssl_, which uses it
    std::unique_ptr<SSL, Free> ssl_;
    std::string client_certificate_;
    std::string problem_;
    unsigned dataless_ = 0;  // messages of the handshake protocol since the last byte of data
};

}  // namespace confcast::http
