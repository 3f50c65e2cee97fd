// What OpenSSL reads from and writes to: a socket of ours that never waits and raises no SIGPIPE. OpenSSL's own for
// sockets does raise it, and a buffer in memory between would be a second copy of what it keeps already.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>

namespace confcast::http {

struct TlsPort {
    int descriptor = -1;
    bool drained = false;       // the last read found nothing there
    bool ended = false;         // the peer has closed
    bool begun = false;         // a byte came
    char first = 0;             // that one
    int error = 0;              // errno of what failed
    std::size_t in_record = 0;  // bytes that the kernel took of what is written since this was set to 0

    /// Makes it what `ssl` reads and writes. It outlives `ssl`. False: no memory.
    bool attach(SSL* ssl);
};

}  // namespace confcast::http
