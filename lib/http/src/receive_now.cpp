#include "receive_now.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>

namespace confcast::http {

Received receive_now(int descriptor, void* into, std::size_t room) {
    for (;;) {
        const auto n = ::recv(descriptor, into, room, MSG_DONTWAIT);
        if (n > 0) return {static_cast<std::size_t>(n), false, {}};
        if (n == 0) return {0, false, boost::asio::error::eof};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {0, true, {}};
        return {0, false, {errno, boost::system::system_category()}};
    }
}

}  // namespace confcast::http
