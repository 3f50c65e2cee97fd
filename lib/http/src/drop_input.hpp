// Reads what a peer sends and nobody wants, without waiting: to see its end, and because a close with unread bytes in
// the kernel would be a reset.
#pragma once

#include <cstddef>

namespace confcast::http {

struct Dropped {
    std::size_t bytes = 0;
    bool ended = false;  // the peer has closed, or is not worth waiting for
};

/// Drops what is there now, at most about `most` bytes of it.
Dropped drop_input(int descriptor, std::size_t most);

}  // namespace confcast::http
