// What is carried over from the request to the stream that answers it.
#pragma once

#include <memory>
#include <string>

#include "confcast/http/message.hpp"
#include "connection.hpp"
#include "upgrade.hpp"

namespace confcast::http {

struct Streaming {
    StreamHandler handler;
    std::string head;       // of the answer, ready to go
    std::size_t early = 0;  // bytes that came behind the request
    bool chunked = true;    // else the end of the connection is the end of the body
};

/// What a connection becomes when HTTP/1.1 is done with it: nothing, or one of these.
struct Takeover {
    std::unique_ptr<Upgrade> websocket;
    std::unique_ptr<Streaming> stream;
};

/// Sends the head, runs the handler, and returns when nothing is left to wait for. Throws nothing but bad_alloc.
Awaitable<> serve_stream(Connection& connection, std::unique_ptr<Streaming> streaming);

}  // namespace confcast::http
