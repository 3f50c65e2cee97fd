// The reading half of HttpSession: from the socket or the poller to a head, and to the body behind it.
#include <algorithm>
#include <exception>
#include <utility>

#include "http_chunked.hpp"
#include "http_session.hpp"
#include "shared.hpp"

namespace confcast::http {
namespace {

// So many requests in a row that came whole and were answered at once: such a connection is kept.
constexpr unsigned at_once_to_be_kept = 2;

}  // namespace

HttpSession::Read HttpSession::on_read(const boost::system::error_code& ec, std::size_t n) {
    if (expired_ && (phase_ == Phase::head || phase_ == Phase::body)) return Error(Errc::request_timeout);
    if (ec) return false;
    input_.commit(n);
    look_at_clock();
    if (phase_ == Phase::idle) {
        expired_ = false;  // too late to leave: the client has asked
        enter(Phase::head, now_ + shared_.options.head_timeout);
    }
    return true;
}

Result<> HttpSession::accept_head() {
    const auto head = input_.data().substr(scanner_.begin(), scanner_.end() - scanner_.begin());
    const auto facts = pass_gate(head, shared_.options.max_target, &request_.headers);
    if (!facts) {
        request_.headers.clear();
        return facts.error();
    }
    if (facts->chunked) {
        chunked_ = std::make_unique<Chunked>(request_.body);
        if (const auto parsed = chunked_->parser.parse_head(head); !parsed) return parsed.error();
    }
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

/// False: not all of it is there.
Result<bool> HttpSession::take_body() {
    const std::size_t limit = body_limit();
    const std::uint64_t size = facts_.content_length.value_or(0);
    if (size > limit)
        return Error(Errc::body_too_large)
            .with("limit", static_cast<std::int64_t>(limit))
            .with("size", static_cast<std::int64_t>(std::min<std::uint64_t>(size, INT64_MAX)));
    if (facts_.chunked || input_.data().size() < size) return false;
    request_.body.assign(input_.data().substr(0, size));
    input_.consume(size);
    return true;
}

Awaitable<HttpSession::Step> HttpSession::next_bytes() {
    if (keep()) co_return co_await sleep();
    const auto [ec, n] = co_await connection_.wire.async_read_some(input_.prepare(), as_result);
    const Read read = on_read(ec, n);
    if (!read) co_return refuse_with(read.error());
    if (*read) co_return advance();
    if (phase_ == Phase::idle && connection_.wire.is_secure()) connection_.wire.say_end();
    co_return Step::end;
}

/// A connection whose requests come whole and are answered at once has shown that it is worth the move.
bool HttpSession::keep() {
    if (connection_.wire.is_kept()) return true;
    if (at_once_ < at_once_to_be_kept || phase_ != Phase::idle) return false;
    if (!connection_.wire.keep(*shared_.poller, *this)) return false;
    ++shared_.stats.kept;
    return true;
}

/// Until on_ready() finds something that has to be waited for, or somebody wants an end.
Awaitable<HttpSession::Step> HttpSession::sleep() {
    if (std::exchange(more_, false)) shared_.poller->soon(*this);
    step_ = Step::end;  // of a wait that is cancelled
    sleeping_ = true;
    co_await woken_.wait();
    sleeping_ = false;
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    if (!connection_.wire.is_open()) co_return Step::end;
    co_return step_;
}

void HttpSession::wake() {
    if (std::exchange(sleeping_, false)) woken_.notify_all();
}

void HttpSession::on_ready(bool ended) {
    ended_ |= ended;
    if (!sleeping_) {
        more_ = true;
        return;
    }
    try {
        step_ = read_kept();
        if (step_ == Step::read) return;
    } catch (...) {
        thrown_ = std::current_exception();
    }
    wake();
}

HttpSession::Step HttpSession::read_kept() {
    const auto room = input_.prepare();
    boost::system::error_code ec;
    const std::size_t n = connection_.wire.read_kept(room, ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) return Step::read;
    if (!ec && n == 0) ec = asio::error::eof;
    const Read read = on_read(ec, n);
    if (!read) return refuse_with(read.error());
    if (!*read) return Step::end;
    // What fills the room may not be all, and neither it nor the end behind it is told again.
    const bool all = n < room.size() && !ended_;
    const Step step = advance();
    if (all) return step;
    if (step == Step::read)
        shared_.poller->soon(*this);
    else
        more_ = true;
    return step;
}

Awaitable<HttpSession::Step> HttpSession::rest_of_body() {
    at_once_ = 0;
    enter(Phase::body, shared_.clock.now() + shared_.options.body_timeout);
    // RFC 9110, 10.1.1: not needed when the body is on its way.
    if (facts_.expect_continue && input_.data().empty()) {
        const bool said = co_await say_continue();
        if (!said) co_return Step::end;
    }
    Read read = true;
    if (facts_.chunked)
        read = co_await read_chunked_body(body_limit());
    else
        read = co_await read_sized_body(static_cast<std::size_t>(facts_.content_length.value_or(0)));
    if (!read) co_return refuse_with(read.error());
    if (!*read) co_return Step::end;
    look_at_clock();
    enter(Phase::handling, SteadyTime::max());
    const Step step = handle();
    co_return step == Step::read ? advance() : step;
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

Awaitable<HttpSession::Read> HttpSession::read_chunked_body(std::size_t limit) {
    HeadParser& parser = chunked_->parser;
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

}  // namespace confcast::http
