#include "drop_input.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace confcast::http {

Dropped drop_input(int descriptor, std::size_t most) {
    char bytes[16384];
    Dropped dropped;
    while (dropped.bytes < most) {
        const auto n = ::recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            dropped.ended = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
            return dropped;
        }
        dropped.bytes += static_cast<std::size_t>(n);
    }
    return dropped;
}

}  // namespace confcast::http
