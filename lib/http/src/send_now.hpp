// One gathered send that never waits: what the kernel takes now. Answers and frames leave from where they are made,
// without a turn of the loop; only what the kernel did not take has to wait for it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <boost/system/error_code.hpp>

namespace confcast::http {

struct Sent {
    std::size_t bytes = 0;
    boost::system::error_code error;  // nothing for "would block"
};

/// Sends from the front of `pieces` until all is taken or the kernel takes no more. Raises no SIGPIPE.
Sent send_now(int descriptor, std::span<const std::string_view> pieces);

/// What is left of `pieces` behind their first `n` bytes. Of its first piece only `cut` is left.
std::span<const std::string_view> advance(std::span<const std::string_view> pieces, std::size_t n,
                                          std::string_view& cut);

/// From now on the kernel takes no more than about `bytes` ahead of what it can send: what waits for a slow peer there
/// is memory too, megabytes of it by default, and is not folded any more (tcp(7), TCP_NOTSENT_LOWAT).
void keep_little_unsent(int descriptor, std::size_t bytes);

/// Bytes that the kernel has taken and the peer has not: the only sign of life of a peer that reads slowly, for a
/// socket is not writable again before a good part of its buffer is free.
std::size_t unacknowledged(int descriptor);

}  // namespace confcast::http
