// What is carried over from the request to the WebSocket it becomes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "confcast/http/message.hpp"
#include "connection.hpp"

namespace confcast::http {

struct Upgrade {
    WebSocketHandler handler;
    std::string key;                                           // Sec-WebSocket-Key
    std::vector<std::pair<std::string, std::string>> headers;  // of the answer
    std::string early;                                         // bytes that came behind the request
    std::size_t message_limit = 0;
};

/// Answers 101, runs the handler, and returns when nothing is left to wait for. Throws nothing but bad_alloc.
Awaitable<> serve_websocket(Connection& connection, std::unique_ptr<Upgrade> upgrade);

}  // namespace confcast::http
