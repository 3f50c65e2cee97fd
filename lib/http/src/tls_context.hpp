// What a TlsContext holds, for the files of this room that know OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "confcast/http/tls.hpp"

namespace confcast::http {

struct TlsContext::Impl {
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, Free> native;
    SystemTime expires;
    std::string warning;
};

}  // namespace confcast::http
