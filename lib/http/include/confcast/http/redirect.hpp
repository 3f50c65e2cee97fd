// For a second server without TLS whose only word is where the one with TLS is.
#pragma once

#include <cstdint>

#include "confcast/http/middleware.hpp"

namespace confcast::http {

/// Answers every request with 308 to https://HOST:PORT/TARGET, HOST as the client named it, without its port: nobody
/// is sent anywhere but to the host he asked for. A Host that is missing or no name or address gets invalid_header.
/// `render` outlives the chain.
Chain make_redirect(std::uint16_t https_port, const ErrorRenderer& render);

}  // namespace confcast::http
