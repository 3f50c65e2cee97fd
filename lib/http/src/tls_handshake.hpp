// The beginning of a connection that speaks TLS.
#pragma once

#include <cstdint>

#include "connection.hpp"

namespace confcast::http {

enum class Handshake : std::uint8_t {
    done,
    plain_text,  // the peer speaks HTTP as it is: it can be told so, without TLS
    failed       // nothing more to be done
};

/// Begins TLS by the server's context of now; ends by the deadline. Needs one.
Awaitable<Handshake> shake_hands(Connection& connection);

}  // namespace confcast::http
