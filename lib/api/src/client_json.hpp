// One client as JSON text (docs/clients.md).
#pragma once

#include <string>

#include "confcast/push/client.hpp"

namespace confcast::api {

void append_client(std::string& out, const push::Client& client);

/// "websocket", "sse", "ndjson".
std::string_view name_of(push::Framing transport);

}  // namespace confcast::api
