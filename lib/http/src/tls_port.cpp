#include "tls_port.hpp"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace confcast::http {
namespace {

TlsPort& port_of(BIO* bio) { return *static_cast<TlsPort*>(BIO_get_data(bio)); }

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

int write_port(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
    TlsPort& port = port_of(bio);
    BIO_clear_retry_flags(bio);
    for (;;) {
        const auto taken = ::send(port.descriptor, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken >= 0) {
            *written = static_cast<std::size_t>(taken);
            port.in_record += *written;
            return 1;
        }
        if (errno == EINTR) continue;
        if (is_for_later(errno)) {
            BIO_set_retry_write(bio);
        } else {
            port.error = errno;
        }
        return 0;
    }
}

int read_port(BIO* bio, char* bytes, std::size_t room, std::size_t* read) {
    TlsPort& port = port_of(bio);
    BIO_clear_retry_flags(bio);
    for (;;) {
        const auto got = ::recv(port.descriptor, bytes, room, MSG_DONTWAIT);
        if (got > 0) {
            if (!port.begun) port.first = *bytes;
            port.begun = true;
            *read = static_cast<std::size_t>(got);
            return 1;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) {
            port.ended = true;
        } else if (is_for_later(errno)) {
            port.drained = true;
            BIO_set_retry_read(bio);
        } else {
            port.error = errno;
        }
        return 0;
    }
}

long control_port(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    return command == BIO_CTRL_EOF && port_of(bio).ended ? 1 : 0;
}

int create_port(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

struct FreeMethod {
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

std::unique_ptr<BIO_METHOD, FreeMethod> make_method() {
    std::unique_ptr<BIO_METHOD, FreeMethod> method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket that never waits"));
    if (!method) return method;
    BIO_meth_set_write_ex(method.get(), write_port);
    BIO_meth_set_read_ex(method.get(), read_port);
    BIO_meth_set_ctrl(method.get(), control_port);
    BIO_meth_set_create(method.get(), create_port);
    return method;
}

}  // namespace

bool TlsPort::attach(SSL* ssl) {
    static const auto method = make_method();
    BIO* const bio = method ? BIO_new(method.get()) : nullptr;
    if (bio == nullptr) return false;
    BIO_set_data(bio, this);
    SSL_set_bio(ssl, bio, bio);
    return true;
}

}  // namespace confcast::http
