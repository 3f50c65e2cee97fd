// How many pieces the other side has sent, as the kernel counts them.
#pragma once

namespace confcast::test {

/// TCP segments with data that have come to this socket.
unsigned segments_received(int descriptor);

}  // namespace confcast::test
