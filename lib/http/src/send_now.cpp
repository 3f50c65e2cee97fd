#include "send_now.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace confcast::http {
namespace {

constexpr std::size_t max_pieces = 64;  // of one system call

/// The same without a list, which the kernel would copy.
Sent send_one(int descriptor, std::string_view piece) {
    Sent sent;
    for (;;) {
        const auto taken = ::send(descriptor, piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken >= 0) {
            sent.bytes = static_cast<std::size_t>(taken);
            return sent;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) sent.error = {errno, boost::system::system_category()};
        return sent;
    }
}

}  // namespace

Sent send_now(int descriptor, std::span<const std::string_view> pieces) {
    Sent sent;
    while (!pieces.empty() && pieces.front().empty()) pieces = pieces.subspan(1);
    while (!pieces.empty() && pieces.back().empty()) pieces = pieces.first(pieces.size() - 1);
    if (pieces.size() == 1) return send_one(descriptor, pieces.front());
    while (!pieces.empty()) {
        iovec vectors[max_pieces];
        const std::size_t count = std::min(pieces.size(), max_pieces);
        std::size_t wanted = 0;
        for (std::size_t i = 0; i < count; ++i) {
            // iovec serves reading too, hence no const.
            vectors[i].iov_base = const_cast<char*>(pieces[i].data());
            vectors[i].iov_len = pieces[i].size();
            wanted += pieces[i].size();
        }
        msghdr message{};
        message.msg_iov = vectors;
        message.msg_iovlen = count;
        const auto taken = ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK) sent.error = {errno, boost::system::system_category()};
            return sent;
        }
        sent.bytes += static_cast<std::size_t>(taken);
        if (static_cast<std::size_t>(taken) < wanted) return sent;
        pieces = pieces.subspan(count);
    }
    return sent;
}

std::span<const std::string_view> advance(std::span<const std::string_view> pieces, std::size_t n,
                                          std::string_view& cut) {
    while (!pieces.empty() && n >= pieces.front().size()) {
        n -= pieces.front().size();
        pieces = pieces.subspan(1);
    }
    cut = pieces.empty() ? std::string_view() : pieces.front().substr(n);
    return pieces;
}

void keep_little_unsent(int descriptor, std::size_t bytes) {
    const int limit = static_cast<int>(bytes);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit, sizeof limit);
}

std::size_t unacknowledged(int descriptor) {
    int bytes = 0;
    return ::ioctl(descriptor, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace confcast::http
