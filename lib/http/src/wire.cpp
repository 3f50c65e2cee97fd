#include "wire.hpp"

#include <algorithm>

namespace confcast::http {

bool Wire::say_end() {
    if (tls_ && !tls_->say_end(descriptor())) return false;
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    return true;
}

std::size_t Wire::unacknowledged() const {
    const std::size_t waits = http::unacknowledged(const_cast<Socket&>(socket_).native_handle());
    return tls_ ? waits - std::min(waits, tls_->in_record()) : waits;
}

}  // namespace confcast::http
