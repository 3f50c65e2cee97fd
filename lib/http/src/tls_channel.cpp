#include "tls_channel.hpp"

#include <openssl/err.h>

#include <boost/asio/error.hpp>
#include <cstring>
#include <new>
#include <utility>

#include "certificate_name.hpp"
#include "tls_context.hpp"

namespace confcast::http {
namespace {

namespace asio_error = boost::asio::error;

constexpr std::size_t record_size = 16U << 10U;  // RFC 8446, 5.1
// What one call encrypts, though the kernel would take more: a fast reader of a large answer keeps nobody else waiting.
constexpr std::size_t most_at_once = 2U << 20U;
// Key updates and the like that a peer may send without a byte of data between them. Each costs us work.
constexpr unsigned most_dataless = 32;

/// The next bytes behind the first `skip`, at most a record's: as they are when they are in one piece, else copied
/// together.
std::string_view gather(std::span<const std::string_view> pieces, std::size_t skip, char* scratch) {
    std::string_view first;
    pieces = advance(pieces, skip, first);
    if (pieces.empty()) return {};
    if (first.size() >= record_size || pieces.size() == 1) return first.substr(0, record_size);
    std::size_t size = 0;
    for (bool is_first = true; std::string_view piece : pieces) {
        if (std::exchange(is_first, false)) piece = first;
        piece = piece.substr(0, record_size - size);
        if (!piece.empty()) std::memcpy(scratch + size, piece.data(), piece.size());
        size += piece.size();
        if (size == record_size) break;
    }
    return {scratch, size};
}

std::string reason_of_error() {
    const unsigned long error = ERR_peek_last_error();
    const char* const text = error == 0 ? nullptr : ERR_reason_error_string(error);
    return text == nullptr ? "the connection ended" : text;
}

}  // namespace

TlsChannel::TlsChannel(std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), ssl_(SSL_new(context_->impl().native.get())) {
    if (!ssl_ || !port_.attach(ssl_.get())) throw std::bad_alloc();
    SSL_set_accept_state(ssl_.get());
}

TlsChannel::Step TlsChannel::handshake(int descriptor) {
    port_.descriptor = descriptor;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    port_.in_record = 0;
    if (result == 1) {
        SSL_set_msg_callback_arg(ssl_.get(), this);
        SSL_set_msg_callback(ssl_.get(), count_message);
        client_certificate_ = name_of_client(ssl_.get());
        port_.drained = false;
        return Step::done;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_write;
        default:
            problem_ = reason_of_error();
            ERR_clear_error();
            return Step::failed;
    }
}

void TlsChannel::count_message(int written, int, int type, const void*, std::size_t, SSL*, void* self) {
    if (written == 0 && type == SSL3_RT_HANDSHAKE) ++static_cast<TlsChannel*>(self)->dataless_;
}

Received TlsChannel::read(int descriptor, void* into, std::size_t room) {
    port_.descriptor = descriptor;
    ERR_clear_error();
    unsigned turns = 0;
    for (;;) {
        port_.drained = false;
        Received received;
        if (SSL_read_ex(ssl_.get(), into, room, &received.bytes) == 1) {
            if (std::exchange(dataless_, 0) > most_dataless) return {0, false, asio_error::connection_aborted};
            return received;
        }
        switch (SSL_get_error(ssl_.get(), 0)) {
            case SSL_ERROR_WANT_READ:
                // OpenSSL comes back when what it had read held no data (no SSL_MODE_AUTO_RETRY).
                if (++turns > most_dataless || dataless_ > most_dataless)
                    received.error = asio_error::connection_aborted;
                else if (port_.drained)
                    received.would_block = true;
                else
                    continue;
                break;
            case SSL_ERROR_WANT_WRITE:  // an alert that has no room; it goes with what is written next
                port_.drained = received.would_block = true;
                break;
            case SSL_ERROR_ZERO_RETURN:
                received.error = asio_error::eof;
                break;
            default:  // an end without close_notify too: the peer, or who cut it, has not said that this was all
                received.error = asio_error::connection_reset;
                break;
        }
        ERR_clear_error();
        return received;
    }
}

Dropped TlsChannel::drop_input(int descriptor, std::size_t most) {
    char bytes[record_size];
    Dropped dropped;
    while (dropped.bytes < most) {
        const Received received = read(descriptor, bytes, sizeof bytes);
        dropped.bytes += received.bytes;
        dropped.ended = static_cast<bool>(received.error);
        if (dropped.ended || received.would_block) break;
    }
    return dropped;
}

Sent TlsChannel::send(int descriptor, std::span<const std::string_view> pieces) {
    port_.descriptor = descriptor;
    ERR_clear_error();
    char scratch[record_size];
    Sent sent;
    for (;;) {
        const std::string_view next = gather(pieces, sent.bytes, scratch);
        if (next.empty() || sent.bytes >= most_at_once) return sent;
        std::size_t taken = 0;
        if (SSL_write_ex(ssl_.get(), next.data(), next.size(), &taken) == 1) {
            sent.bytes += taken;
            port_.in_record = 0;
            continue;
        }
        const int problem = SSL_get_error(ssl_.get(), 0);
        ERR_clear_error();
        if (problem == SSL_ERROR_WANT_WRITE) return sent;
        if (port_.error != 0)
            sent.error = {port_.error, boost::system::system_category()};
        else
            sent.error = asio_error::connection_aborted;
        return sent;
    }
}

bool TlsChannel::say_end(int descriptor) {
    port_.descriptor = descriptor;
    ERR_clear_error();
    const int result = SSL_shutdown(ssl_.get());
    const bool later = result < 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE;
    ERR_clear_error();
    return !later;
}

}  // namespace confcast::http
