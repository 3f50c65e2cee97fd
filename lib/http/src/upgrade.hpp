// What is carried over from the request to the WebSocket it becomes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "confcast/http/message.hpp"
#include "connection.hpp"

namespace confcast::http {

struct Upgrade {
    WebSocketHandler handler;
    std::string head;   // of the answer, ready to go
    std::string early;  // bytes that came behind the request
    std::size_t message_limit = 0;
};

/// The header lines of a 101 that make a WebSocket of the connection (RFC 6455, 4.2.2), each with its CRLF.
/// `key`: Sec-WebSocket-Key.
std::string upgrade_lines(std::string_view key);

/// Answers 101 and makes the user; the connection lives on until it is gone. Throws nothing but bad_alloc.
void start_websocket(std::unique_ptr<Connection> connection, Upgrade upgrade);

}  // namespace confcast::http
