#include "http_session.hpp"

#include <exception>

#include "confcast/http/upgrade.hpp"
#include "response_head.hpp"
#include "shared.hpp"

namespace confcast::http {
namespace {

// What an idle connection may keep of a large request or answer.
constexpr std::size_t kept_capacity = 16U << 10U;

void shed(std::string& text) {
    text.clear();
    if (text.capacity() > kept_capacity) text.shrink_to_fit();
}

}  // namespace

HttpSession::HttpSession(Connection& connection)
    : connection_(connection),
      shared_(*connection.shared),
      scanner_({shared_.options.max_head, shared_.options.max_target}) {
    connection_.activity = this;
}

HttpSession::~HttpSession() {
    connection_.activity = nullptr;
    connection_.deadline = SteadyTime::max();
}

void HttpSession::enter(Phase phase, SteadyTime deadline) {
    phase_ = phase;
    connection_.deadline = deadline;
}

// Ends with the connection: the client is gone, a deadline has cut it, an answer said "close", or it becomes something
// else.
Awaitable<Takeover> HttpSession::serve() {
    for (;;) {
        begin_request();
        Result<bool> head = scanner_.scan(input_.data());
        while (head && !*head) {
            const auto [ec, n] = co_await connection_.wire.async_read_some(input_.prepare(), as_result);
            const Read read = on_read(ec, n);
            if (read && !*read) {
                if (phase_ == Phase::idle && connection_.wire.is_secure()) connection_.wire.say_end();
                co_return Takeover{};
            }
            head = read ? scanner_.scan(input_.data()) : read;
        }
        if (!head) {
            co_await refuse(head.error());
            co_return Takeover{};
        }

        HeadParser parser(request_.headers, request_.body);
        const Result<> accepted = accept_head(parser);
        if (!accepted) {
            co_await refuse(accepted.error());
            co_return Takeover{};
        }
        if (facts_.chunked || facts_.content_length.value_or(0) > 0) {
            const Read body = co_await read_body(parser);
            if (body && !*body) co_return Takeover{};
            if (!body) {
                co_await refuse(body.error());
                co_return Takeover{};
            }
        }

        Context context(request_);
        context.started = shared_.clock.now();
        Response response = co_await answer(context);
        if (!connection_.wire.socket().is_open()) co_return Takeover{};
        if (response.upgrade) {
            const Result<> upgrade = check_upgrade(request_);
            if (upgrade && !shared_.ending) co_return Takeover{make_upgrade(response), nullptr};
            const Error error = shared_.ending ? Error(Errc::shutting_down) : upgrade.error();
            response = co_await shared_.refusal(request_, error);
        }
        if (response.stream && request_.method != Method::head) {
            if (!shared_.ending) co_return Takeover{nullptr, make_stream(response)};
            response = co_await shared_.refusal(request_, Errc::shutting_down);
        }
        const bool close = response.close || !facts_.keep_alive || shared_.ending;
        if (!start_write(response, close)) {
            const bool written = co_await finish_write();
            if (!written) co_return Takeover{};
        }
        if (!close) continue;
        // A client that did not ask for the end may be sending already: closing on its bytes would reset the connection
        // and with it this answer.
        if (facts_.keep_alive || connection_.wire.is_secure()) co_await linger();
        co_return Takeover{};
    }
}

void HttpSession::begin_request() {
    request_.method = Method::get;
    request_.target = request_.path = request_.query = {};
    request_.headers.clear();
    shed(request_.body);
    shed(head_);
    if (!chunks_.empty()) input_.append(chunks_);
    shed(chunks_);
    input_.release();
    scanner_.reset();
    facts_ = {};
    const bool begun = !input_.data().empty();
    const auto& o = shared_.options;
    enter(begun ? Phase::head : Phase::idle, shared_.clock.now() + (begun ? o.head_timeout : o.idle_timeout));
    // Between two requests nobody waits for an answer.
    if (!begun && shared_.ending) wind_down();
}

HttpSession::Read HttpSession::on_read(const boost::system::error_code& ec, std::size_t n) {
    if (expired_ && (phase_ == Phase::head || phase_ == Phase::body)) return Error(Errc::request_timeout);
    if (ec) return false;
    input_.commit(n);
    if (phase_ == Phase::idle) {
        expired_ = false;  // too late to leave: the client has asked
        enter(Phase::head, shared_.clock.now() + shared_.options.head_timeout);
    }
    return true;
}

Result<> HttpSession::accept_head(HeadParser& parser) {
    const auto head = input_.data().substr(scanner_.begin(), scanner_.end() - scanner_.begin());
    const auto facts = pass_gate(head, shared_.options.max_target);
    if (!facts) return facts.error();
    const auto parsed = parser.parse_head(head);
    if (!parsed) return parsed.error();
    facts_ = *facts;
    request_.method = facts_.method;
    request_.version = facts_.version;
    request_.target = facts_.target;
    const auto question = facts_.target.find('?');
    request_.has_query = question != std::string_view::npos;
    request_.path = facts_.target.substr(0, question);
    request_.query = request_.has_query ? facts_.target.substr(question + 1) : std::string_view();
    request_.remote = connection_.remote;
    request_.secure = connection_.wire.is_secure();
    request_.client_certificate = connection_.wire.client_certificate();
    // The memory stays as it is until the next request begins.
    input_.consume(scanner_.end());
    ++shared_.stats.requests;
    enter(Phase::handling, SteadyTime::max());
    return {};
}

std::size_t HttpSession::body_limit() const {
    const auto& o = shared_.options;
    return o.body_limit ? o.body_limit(request_) : o.max_body;
}

Awaitable<HttpSession::Read> HttpSession::read_body(HeadParser& parser) {
    const std::size_t limit = body_limit();
    const std::uint64_t size = facts_.content_length.value_or(0);
    if (size > limit)
        co_return Error(Errc::body_too_large)
            .with("limit", static_cast<std::int64_t>(limit))
            .with("size", static_cast<std::int64_t>(std::min<std::uint64_t>(size, INT64_MAX)));
    enter(Phase::body, shared_.clock.now() + shared_.options.body_timeout);
    // RFC 9110, 10.1.1: not needed when the body is on its way.
    if (facts_.expect_continue && input_.data().empty()) {
        const bool said = co_await say_continue();
        if (!said) co_return false;
    }
    Read read = true;
    if (facts_.chunked)
        read = co_await read_chunked_body(parser, limit);
    else
        read = co_await read_sized_body(static_cast<std::size_t>(size));
    if (read) enter(Phase::handling, SteadyTime::max());
    co_return read;
}

Awaitable<HttpSession::Read> HttpSession::read_sized_body(std::size_t size) {
    std::string& body = request_.body;
    const auto there = input_.data().substr(0, size);
    body.assign(there);
    input_.consume(there.size());
    while (body.size() < size) {
        // Memory follows the bytes that came, not the number that was announced.
        const std::size_t had = body.size();
        body.resize(had + std::min(size - had, std::max<std::size_t>(had, 16U << 10U)));
        const auto [ec, n] =
            co_await connection_.wire.async_read_some(asio::buffer(body.data() + had, body.size() - had), as_result);
        body.resize(had + n);
        if (expired_) co_return Error(Errc::request_timeout);
        if (ec) co_return false;
    }
    co_return true;
}

Awaitable<HttpSession::Read> HttpSession::read_chunked_body(HeadParser& parser, std::size_t limit) {
    parser.limit_body(limit);
    chunks_.assign(input_.data());
    input_.consume(chunks_.size());
    for (;;) {
        const auto taken = parser.parse_chunks(chunks_);
        if (!taken) co_return taken.error();
        chunks_.erase(0, *taken);
        if (parser.is_done()) co_return true;
        const std::size_t had = chunks_.size();
        chunks_.resize(had + (16U << 10U));
        const auto [ec, n] = co_await connection_.wire.async_read_some(
            asio::buffer(chunks_.data() + had, chunks_.size() - had), as_result);
        chunks_.resize(had + n);
        if (expired_) co_return Error(Errc::request_timeout);
        if (ec) co_return false;
    }
}

Awaitable<Response> HttpSession::answer(Context& context) {
    std::string what;
    try {
        co_return co_await shared_.chain.run(context);
    } catch (const std::exception& e) {
        what = e.what();
    } catch (...) {
        what = "an unknown exception";
    }
    if (connection_.wire.socket().is_open())
        shared_.log.error("http", "a handler threw", {{"error", what}, {"path", request_.path}});
    co_return co_await shared_.refusal(request_, Errc::internal);
}

std::unique_ptr<Upgrade> HttpSession::make_upgrade(Response& response) {
    auto upgrade = std::make_unique<Upgrade>();
    upgrade->handler = std::move(response.upgrade);
    response.status = 101;
    const std::string lines = upgrade_lines(request_.header("Sec-WebSocket-Key").value_or(""));
    append_head(upgrade->head, response, {11, false, shared_.date.at(shared_.clock.wall()), lines});
    upgrade->early = chunks_.empty() ? std::string(input_.data()) : std::move(chunks_);
    upgrade->message_limit = response.websocket_message_limit.value_or(shared_.options.max_websocket_message);
    return upgrade;
}

std::unique_ptr<Streaming> HttpSession::make_stream(Response& response) {
    auto streaming = std::make_unique<Streaming>();
    append_head(streaming->head, response,
                {facts_.version, true, shared_.date.at(shared_.clock.wall()), shared_.options.standing_headers});
    streaming->head.shrink_to_fit();
    streaming->handler = std::move(response.stream);
    streaming->early = chunks_.size() + input_.data().size();
    streaming->chunked = facts_.version == 11;
    return streaming;
}

void HttpSession::on_deadline(SteadyTime now) {
    switch (phase_) {
        case Phase::head:
        case Phase::body:
            ++shared_.stats.timeouts;
            [[fallthrough]];
        case Phase::idle: {
            expired_ = true;
            boost::system::error_code ignored;
            connection_.wire.socket().cancel(ignored);
            break;
        }
        case Phase::writing:
            if (client_reads()) {
                connection_.deadline = now + shared_.options.write_timeout;
                break;
            }
            ++shared_.stats.timeouts;
            connection_.cut();
            break;
        case Phase::lingering:
            connection_.cut();
            break;
        case Phase::handling:
            break;
    }
}

void HttpSession::wind_down() {
    if (phase_ != Phase::idle) return;
    // A deadline of now instead of a cancel: it is seen by the next sweep, whether a read waits already or not.
    connection_.deadline = SteadyTime::min();
}

}  // namespace confcast::http
