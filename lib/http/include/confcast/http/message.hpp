// Requests and responses as middlewares and endpoints see them. No Beast type, no stream, no config knowledge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "confcast/base/async.hpp"
#include "confcast/http/headers.hpp"

namespace confcast::http {

class ByteStream;
class WebSocket;
class WebSocketEvents;

enum class Method : std::uint8_t { get, head, post, put, del, options, patch };
inline constexpr std::size_t method_count = 7;
/// "GET", …
std::string_view to_string(Method method);

/// One request. Every view points into memory that the connection keeps until the response is written.
struct Request {
    Method method = Method::get;
    std::string_view target;  // as received, origin-form
    std::string_view path;    // target up to '?', still percent-encoded
    std::string_view query;   // behind '?', still percent-encoded; empty when there is none
    bool has_query = false;   // there was a '?'
    unsigned version = 11;    // 11 or 10
    Headers headers;
    std::string body;
    std::string_view remote;  // "127.0.0.1:51234"
    bool secure = false;      // it came over TLS
    /// Who the client is by its verified certificate: the first URI among its names, else the first DNS name, else its
    /// common name. "" without a certificate.
    std::string_view client_certificate;

    /// The first header of that name, or nullopt.
    std::optional<std::string_view> header(std::string_view name) const { return headers.first(name); }
};

/// What happens to the connection after a 101: makes its user, who lives until the connection is gone; `socket`
/// outlives it. What is written meanwhile goes out together with the answer. Null: nobody listens; what comes is
/// ignored when `socket` was told to close, else the connection is cut. The Request is gone by then: keep a copy of
/// what is needed of it.
using WebSocketHandler = std::function<std::unique_ptr<WebSocketEvents>(WebSocket& socket)>;

/// Writes a body that has no end of its own: runs until the stream is gone; `stream` outlives it. The Request is gone
/// by then, as above.
using StreamHandler = std::function<Awaitable<>(ByteStream& stream)>;

/// What of an answer is the same for whoever gets it: made once, shared, never changed.
struct Prepared {
    HeaderLines headers;
    std::string body;
};

struct Response {
    using Body = std::variant<std::string, std::shared_ptr<const std::string>>;

    unsigned status = 200;
    HeaderLines headers;  // without Date, Content-Length, Connection
    Body body;
    std::shared_ptr<const Prepared> prepared{};          // set: its headers besides ours, its body instead of ours
    bool close = false;                                  // close the connection after this response
    WebSocketHandler upgrade;                            // set: answer 101 and hand the connection over
    std::optional<std::size_t> websocket_message_limit;  // with upgrade: instead of the server's limit
    StreamHandler stream;  // set: status and headers, then what it writes instead of `body`; then the connection ends

    std::string_view body_view() const;
    /// Replaces or adds.
    Response& set(std::string_view name, std::string_view value);
    std::optional<std::string_view> header(std::string_view name) const;
};

}  // namespace confcast::http
