#include "websocket_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "answers.hpp"
#include "connect.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {
constexpr std::size_t kept_buffer = 64U << 10U;  // between messages
}  // namespace

struct WebSocketConnection::Impl {
    Impl(Executor executor, Endpoint e, WebSocketSetup s, std::shared_ptr<Tls> tls)
        : socket(executor, e.tls ? std::move(tls) : nullptr),
          endpoint(std::move(e)),
          setup(std::move(s)),
          buffer(setup.max_message) {}
    websocket::stream<Transport, false> socket;  // false: no permessage-deflate
    Endpoint endpoint;
    WebSocketSetup setup;
    beast::flat_buffer buffer;
    std::deque<std::string> outgoing{};
    bool writing = false;
    bool open = false;
    bool closing = false;
};

WebSocketConnection::WebSocketConnection(Executor executor, Endpoint endpoint, WebSocketSetup setup,
                                         std::shared_ptr<Tls> tls)
    : impl_(std::make_unique<Impl>(executor, std::move(endpoint), std::move(setup), std::move(tls))) {}
WebSocketConnection::~WebSocketConnection() = default;

namespace {

Failure refusal_of(const websocket::response_type& response, const Endpoint& endpoint) {
    RawResponse raw;
    raw.status = response.result_int();
    for (const auto& field : response) {
        const auto name = field.name_string();
        const auto value = field.value();
        raw.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    raw.body = response.body();
    raw.server = endpoint.to_string();
    raw.request_id = raw.header("X-Request-Id");
    return failure_in(raw);
}

}  // namespace

Awaitable<Result<>> WebSocketConnection::open(SteadyTime deadline) {
    auto& socket = impl_->socket;
    const Endpoint& endpoint = impl_->endpoint;
    const WebSocketSetup& setup = impl_->setup;
    const Result<> connected = co_await connect(socket.next_layer(), endpoint, deadline);
    if (!connected) co_return connected.error();

    socket.set_option(websocket::stream_base::timeout{setup.handshake_timeout, setup.silence_timeout, true});
    socket.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
        for (const auto& [name, value] : impl_->setup.headers) request.set(name, value);
    }));
    socket.read_message_max(setup.max_message);
    socket.auto_fragment(false);
    websocket::response_type response;
    const auto [error] = co_await socket.async_handshake(response, endpoint.to_string(), setup.target, as_result);
    if (error == websocket::error::upgrade_declined) co_return refusal_of(response, endpoint);
    if (error) {
        Failure failure = failure_from(error, endpoint, "during the WebSocket handshake");
        if (error.category() == websocket::make_error_code(websocket::error::closed).category())
            failure.kind = FailureKind::bad_answer;
        co_return failure;
    }
    impl_->open = true;
    co_return Result<>{};
}

Awaitable<std::variant<std::string, Ending>> WebSocketConnection::read() {
    const auto [error, size] = co_await impl_->socket.async_read(impl_->buffer, as_result);
    if (!error) {
        std::string text = beast::buffers_to_string(impl_->buffer.data());
        impl_->buffer.consume(impl_->buffer.size());
        if (impl_->buffer.capacity() > kept_buffer) impl_->buffer.shrink_to_fit();
        co_return text;
    }
    if (error == websocket::error::closed) {
        const auto& reason = impl_->socket.reason();
        // No code in the close frame is a normal way to be cut.
        if (reason.code != websocket::close_code::none && reason.code != websocket::close_code::no_status)
            co_return Ending::closed(reason.code, {reason.reason.data(), reason.reason.size()});
    }
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow)
        co_return Ending{failure_of(FailureKind::bad_answer, "a message is over Options::max_message"), 1009};
    co_return Ending{failure_from(error, impl_->endpoint, "while the stream was read"), 0};
}

void WebSocketConnection::send(std::string text) {
    if (impl_->closing || !impl_->open) return;
    impl_->outgoing.push_back(std::move(text));
    if (impl_->writing) return;
    impl_->writing = true;
    asio::co_spawn(impl_->socket.get_executor(), run_writes(shared_from_this()), asio::detached);
}

Awaitable<> WebSocketConnection::run_writes(std::shared_ptr<WebSocketConnection> self) {
    Impl& impl = *self->impl_;
    while (!impl.outgoing.empty() && !impl.closing) {
        const std::string text = std::move(impl.outgoing.front());
        impl.outgoing.pop_front();
        impl.socket.text(true);
        const auto [error, size] = co_await impl.socket.async_write(asio::buffer(text), as_result);
        if (error) break;  // the reader learns why
    }
    impl.writing = false;
}

void WebSocketConnection::close(std::uint16_t code) {
    if (std::exchange(impl_->closing, true)) return;
    if (!impl_->open) {
        beast::get_lowest_layer(impl_->socket).close();
        return;
    }
    asio::co_spawn(impl_->socket.get_executor(), run_close(shared_from_this(), code), asio::detached);
}

Awaitable<> WebSocketConnection::run_close(std::shared_ptr<WebSocketConnection> self, std::uint16_t code) {
    [[maybe_unused]] const auto [error] =
        co_await self->impl_->socket.async_close(websocket::close_reason(code), as_result);
}

void WebSocketConnection::abort() {
    impl_->closing = true;
    beast::get_lowest_layer(impl_->socket).close();
}

}  // namespace confcast::client
