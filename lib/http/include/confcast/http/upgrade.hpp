// Whether a request may become a WebSocket: asked by the endpoint, so that it can refuse in the ordinary way, and again
// by the connection before it answers 101.
#pragma once

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

/// RFC 6455, 4.2.1. Errors: upgrade_required (no GET, not HTTP/1.1, no `Upgrade: websocket`, no `Connection: upgrade`,
/// a version other than 13; the connection adds `Sec-WebSocket-Version: 13` to every 426), invalid_header (detail
/// "header"; a Sec-WebSocket-Key that is not 16 bytes).
Result<> check_upgrade(const Request& request);

/// The request asks for a WebSocket, well or badly: false for an ordinary GET.
bool wants_upgrade(const Request& request);

}  // namespace confcast::http
