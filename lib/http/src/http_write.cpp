// The writing half of HttpSession.
#include "http_session.hpp"

#include <utility>

#include "response_head.hpp"
#include "shared.hpp"

namespace confcast::http {
namespace {

// How much of a refused request is read and dropped so that the client comes to reading its answer.
constexpr std::size_t linger_bytes = 4U << 20U;
constexpr std::chrono::seconds linger_time{2};
// To copy a small body costs less than to tell the kernel of two pieces.
constexpr std::size_t copied_body = 2048;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

/// True: all of it has left.
bool HttpSession::start_write(const Response& response, bool close) {
    head_.clear();
    append_head(head_, response, {facts_.version, close, shared_.date_at(now_), shared_.options.standing_headers});
    const bool with_body = request_.method != Method::head && may_have_body(response.status);
    std::string_view body = with_body ? response.body_view() : std::string_view();
    if (body.size() <= copied_body) {
        head_ += body;
        body = {};
    }
    unsent_ = {head_, body};
    return send_what_goes();
}

bool HttpSession::send_what_goes() {
    const Sent sent = connection_.wire.send(unsent_);
    shared_.stats.bytes_sent += sent.bytes;
    std::size_t gone = sent.bytes;
    for (auto& piece : unsent_) {
        const auto n = std::min(gone, piece.size());
        piece.remove_prefix(n);
        gone -= n;
    }
    if (sent.error) connection_.cut();
    return unsent_[0].empty() && unsent_[1].empty();
}

/// Since the last look. Bytes that went into the kernel count as well: they move the deadline themselves.
bool HttpSession::client_reads() {
    const std::size_t before = std::exchange(unread_, connection_.wire.unacknowledged());
    return unread_ < before;
}

/// False: the client is gone, or took nothing for too long.
Awaitable<bool> HttpSession::finish_write() {
    enter(Phase::writing, shared_.clock.now() + shared_.options.write_timeout);
    client_reads();
    while (connection_.wire.is_open()) {
        const auto [ec] = co_await connection_.wire.socket().async_wait(asio::socket_base::wait_write, as_result);
        if (ec) co_return false;
        const auto before = shared_.stats.bytes_sent;
        if (send_what_goes()) co_return true;
        if (shared_.stats.bytes_sent == before) continue;
        connection_.deadline = shared_.clock.now() + shared_.options.write_timeout;
        client_reads();
    }
    co_return false;
}

Awaitable<bool> HttpSession::say_continue() {
    const SteadyTime body_deadline = connection_.deadline;
    unsent_ = {continue_line, {}};
    if (!send_what_goes()) {
        const bool written = co_await finish_write();
        if (!written) co_return false;
    }
    enter(Phase::body, body_deadline);
    co_return true;
}

Awaitable<> HttpSession::refuse(Error error) {
    if (error.code() != Errc::request_timeout) ++shared_.stats.bad_requests;
    expired_ = false;
    look_at_clock();
    enter(Phase::handling, SteadyTime::max());
    const std::string reason = error.to_string();
    shared_.log.debug("http", "refused a request", {{"error", reason}, {"remote", connection_.remote}});
    Response response = co_await shared_.refusal(request_, std::move(error));
    bool written = start_write(response, true);
    if (!written) written = co_await finish_write();
    if (written) co_await linger();
}

Awaitable<> HttpSession::turn_away(Error error) {
    expired_ = false;
    enter(Phase::handling, SteadyTime::max());
    const bool later = http_status(error.code()) == 503;
    Response response = co_await shared_.refusal(request_, std::move(error));
    if (later && !response.header("Retry-After")) response.set("Retry-After", "1");
    if (start_write(response, true)) co_await linger();
}

/// A close with unread bytes in the kernel is a reset, which can take the answer away from under the client's nose: say
/// the end, then read until the client has seen it (RFC 9112, 9.6).
Awaitable<> HttpSession::linger() {
    enter(Phase::lingering, shared_.clock.now() + linger_time);
    while (!connection_.wire.say_end()) {
        const auto [ec] = co_await connection_.wire.socket().async_wait(asio::socket_base::wait_write, as_result);
        if (ec) co_return;
    }
    char dropped[4096];
    std::size_t total = 0;
    while (total < linger_bytes) {
        const auto [ec, n] = co_await connection_.wire.async_read_some(asio::buffer(dropped), as_result);
        if (ec) break;
        total += n;
    }
}

}  // namespace confcast::http
