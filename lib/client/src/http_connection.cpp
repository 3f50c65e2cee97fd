#include "http_connection.hpp"

#include <algorithm>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "connect.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace http = boost::beast::http;

struct HttpConnection::Impl {
    Impl(Executor executor, Endpoint e, std::shared_ptr<Tls> tls)
        : stream(executor, e.tls ? std::move(tls) : nullptr), endpoint(std::move(e)) {}
    Transport stream;
    TcpStream& tcp() { return stream.next_layer(); }
    Endpoint endpoint;
    boost::beast::flat_buffer buffer{};
    bool open = true;

    Failure fail(boost::system::error_code error, std::string_view doing) {
        open = false;
        Failure failure = failure_from(error, endpoint, doing);
        failure.sent = true;
        return failure;
    }
};

HttpConnection::HttpConnection(Executor executor, Endpoint endpoint, std::shared_ptr<Tls> tls)
    : impl_(std::make_unique<Impl>(executor, std::move(endpoint), std::move(tls))) {}
HttpConnection::~HttpConnection() = default;

Awaitable<Result<>> HttpConnection::connect(SteadyTime deadline) {
    Result<> connected = co_await client::connect(impl_->stream, impl_->endpoint, deadline);
    co_return connected;
}

void HttpConnection::abort() {
    impl_->open = false;
    impl_->tcp().close();
}

// An end or bytes that nobody asked for: either way the next request would be lost on it.
bool HttpConnection::reusable() {
    if (!impl_->open || impl_->buffer.size() != 0) return false;
    auto& socket = impl_->tcp().socket();
    boost::system::error_code error;
    socket.non_blocking(true, error);
    if (error) return false;
    char byte = 0;
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
    return error == asio::error::would_block;
}

namespace {

http::request<http::string_body> message_of(RawRequest& request, const Endpoint& endpoint) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    message.set(http::field::host, endpoint.to_string());
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

using Parser = http::response_parser<http::string_body>;

RawResponse response_of(http::response<http::string_body>&& message, const Endpoint& endpoint) {
    RawResponse response;
    response.status = message.result_int();
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        response.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    response.body = std::move(message.body());
    response.server = endpoint.to_string();
    return response;
}

// A body of any length: each piece is given away as soon as it has come, and has the request's time to do so.
Awaitable<boost::system::error_code> read_into(Transport& stream, boost::beast::flat_buffer& buffer, Parser& parser,
                                               std::function<void(std::string_view)> sink, std::size_t max_body,
                                               milliseconds patience) {
    parser.body_limit(boost::none);
    const auto [head_error, head] = co_await http::async_read_header(stream, buffer, parser, as_result);
    if (head_error) co_return head_error;
    const bool wanted = parser.get().result_int() == 200;
    while (!parser.is_done()) {
        stream.next_layer().expires_after(patience);
        const auto [error, read] = co_await http::async_read_some(stream, buffer, parser, as_result);
        if (error) co_return error;
        std::string& body = parser.get().body();
        if (!wanted && body.size() > max_body) co_return http::make_error_code(http::error::body_limit);
        if (!wanted || body.empty()) continue;
        sink(body);
        body.clear();
    }
    co_return boost::system::error_code{};
}

}  // namespace

Awaitable<Result<RawResponse>> HttpConnection::exchange(RawRequest request, std::size_t max_body, SteadyTime deadline) {
    const bool head = request.method == "HEAD";
    const milliseconds patience = std::max(
        milliseconds{1}, std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()));
    const auto message = message_of(request, impl_->endpoint);
    impl_->tcp().expires_at(deadline);
    const auto [write_error, written] = co_await http::async_write(impl_->stream, message, as_result);
    // A server that refuses a body may answer and close before it has read all of it: the answer counts.
    const bool refused_early = write_error == asio::error::broken_pipe || write_error == asio::error::connection_reset;
    if (write_error && !refused_early) co_return impl_->fail(write_error, "while the request was sent");

    Parser parser;
    parser.body_limit(max_body);
    parser.header_limit(64U << 10U);
    parser.skip(head);
    boost::system::error_code read_error;
    if (request.sink) {
        read_error = co_await read_into(impl_->stream, impl_->buffer, parser, request.sink, max_body, patience);
    } else {
        const auto [error, read] = co_await http::async_read(impl_->stream, impl_->buffer, parser, as_result);
        read_error = error;
    }
    if (read_error) {
        Failure failure = impl_->fail(read_error, "before the answer was complete");
        const bool nonsense = read_error.category() == http::make_error_code(http::error::bad_version).category() &&
                              read_error != http::error::end_of_stream && read_error != http::error::partial_message;
        if (nonsense) {
            failure.kind = FailureKind::bad_answer;
            failure.message = "the answer is not HTTP as it should be, or too large: " + read_error.message();
        }
        co_return failure;
    }
    impl_->tcp().expires_never();
    impl_->open = !write_error && parser.get().keep_alive();
    co_return response_of(parser.release(), impl_->endpoint);
}

}  // namespace confcast::client
