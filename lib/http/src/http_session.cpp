#include "http_session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "confcast/http/upgrade.hpp"
#include "http_chunked.hpp"
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

/// It is waited for at the loop, then.
bool HttpSession::needs_socket(Step step) {
    switch (step) {
        case Step::read:
        case Step::answer:
        case Step::fail:
        case Step::end:
            return false;
        case Step::refuse:
        case Step::body:
        case Step::takeover:
        case Step::write:
        case Step::close:
            break;
    }
    return true;
}

HttpSession::HttpSession(Connection& connection)
    : connection_(connection),
      shared_(*connection.shared),
      scanner_({shared_.options.max_head, shared_.options.max_target}),
      woken_(shared_.executor) {
    connection_.activity = this;
    look_at_clock();
}

HttpSession::~HttpSession() {
    connection_.activity = nullptr;
    connection_.deadline = SteadyTime::max();
    if (connection_.wire.is_kept()) connection_.wire.close();
}

void HttpSession::look_at_clock() { now_ = shared_.clock.now(); }

void HttpSession::enter(Phase phase, SteadyTime deadline) {
    phase_ = phase;
    connection_.deadline = deadline;
}

// Ends with the connection: the client is gone, a deadline has cut it, an answer said "close", or it becomes something
// else.
Awaitable<Takeover> HttpSession::serve() {
    Takeover takeover;
    begin_request();
    Step step = Step::read;
    for (;;) {
        if (needs_socket(step)) connection_.wire.give_back();
        switch (step) {
            case Step::read:
                step = co_await next_bytes();
                break;
            case Step::body:
                step = co_await rest_of_body();
                break;
            case Step::answer:
                step = co_await awaited_answer();
                break;
            case Step::fail:
                step = co_await internal_error();
                break;
            case Step::takeover:
                step = co_await take_over(takeover);
                break;
            case Step::write:
                step = co_await rest_of_answer();
                break;
            case Step::refuse:
                co_await refuse(std::move(*error_));
                co_return takeover;
            case Step::close:
                // A client that did not ask for the end may be sending already: closing on its bytes would reset the
                // connection and with it this answer.
                if (facts_.keep_alive || connection_.wire.is_secure()) co_await linger();
                co_return takeover;
            case Step::end:
                co_return takeover;
        }
    }
}

void HttpSession::begin_request() {
    request_.method = Method::get;
    request_.target = request_.path = request_.query = {};
    request_.headers.clear();
    answer_.reset();
    context_.reset();
    chunked_.reset();
    shed(request_.body);
    shed(head_);
    if (!chunks_.empty()) input_.append(chunks_);
    shed(chunks_);
    input_.release();
    scanner_.reset();
    facts_ = {};
    const bool begun = !input_.data().empty();
    const auto& o = shared_.options;
    enter(begun ? Phase::head : Phase::idle, now_ + (begun ? o.head_timeout : o.idle_timeout));
    // Between two requests nobody waits for an answer.
    if (!begun && shared_.ending) wind_down();
}

/// From the bytes that are there to an answer that has left, again and again, as far as it goes without waiting.
HttpSession::Step HttpSession::advance() {
    for (;;) {
        const Result<bool> head = scanner_.scan(input_.data());
        if (!head) return refuse_with(head.error());
        if (!*head) return Step::read;
        if (const Result<> accepted = accept_head(); !accepted) return refuse_with(accepted.error());
        if (facts_.chunked || facts_.content_length.value_or(0) > 0) {
            const Result<bool> whole = take_body();
            if (!whole) return refuse_with(whole.error());
            if (!*whole) return Step::body;
        }
        const Step step = handle();
        if (step != Step::read) return step;
    }
}

HttpSession::Step HttpSession::refuse_with(Error error) {
    error_ = std::move(error);
    return Step::refuse;
}

HttpSession::Step HttpSession::handle() {
    context_.emplace(request_);
    context_->started = now_;
    try {
        answer_.emplace(shared_.chain.start(*context_));
    } catch (const std::exception& e) {
        handler_threw(e.what());
        return Step::fail;
    } catch (...) {
        handler_threw("an unknown exception");
        return Step::fail;
    }
    return answer_->here() != nullptr ? give() : Step::answer;
}

void HttpSession::handler_threw(std::string_view what) {
    if (connection_.wire.is_open())
        shared_.log.error("http", "a handler threw", {{"error", what}, {"path", request_.path}});
}

/// Precondition: the answer is here.
HttpSession::Step HttpSession::give() {
    const Response& response = *answer_->here();
    if (!connection_.wire.is_open()) return Step::end;
    if (response.upgrade || (response.stream && request_.method != Method::head)) return Step::takeover;
    close_ = response.close || !facts_.keep_alive || shared_.ending;
    return start_write(response, close_) ? finish_request() : Step::write;
}

/// The answer has left.
HttpSession::Step HttpSession::finish_request() {
    if (close_) return Step::close;
    ++at_once_;
    // The time is known when somebody has measured how long the request took.
    now_ = std::max(now_, context_->finished);
    begin_request();
    return Step::read;
}

Awaitable<HttpSession::Step> HttpSession::awaited_answer() {
    try {
        Awaitable<Response> later = std::move(*answer_).wait();
        Response response = co_await std::move(later);
        answer_.emplace(std::move(response));
    } catch (const std::exception& e) {
        handler_threw(e.what());
        co_return Step::fail;
    } catch (...) {
        handler_threw("an unknown exception");
        co_return Step::fail;
    }
    look_at_clock();
    const Step step = give();
    co_return step == Step::read ? advance() : step;
}

Awaitable<HttpSession::Step> HttpSession::internal_error() {
    Response response = co_await shared_.refusal(request_, Errc::internal);
    answer_.emplace(std::move(response));
    co_return give();
}

/// With a refusal instead when it cannot be.
Awaitable<HttpSession::Step> HttpSession::take_over(Takeover& takeover) {
    Response& response = *answer_->here();
    Error error = Errc::shutting_down;
    if (response.upgrade) {
        const Result<> upgrade = check_upgrade(request_);
        if (upgrade && !shared_.ending) {
            takeover.websocket = make_upgrade(response);
            co_return Step::end;
        }
        if (!shared_.ending) error = upgrade.error();
    } else if (!shared_.ending) {
        takeover.stream = make_stream(response);
        co_return Step::end;
    }
    Response refusal = co_await shared_.refusal(request_, error);
    answer_.emplace(std::move(refusal));
    co_return give();
}

Awaitable<HttpSession::Step> HttpSession::rest_of_answer() {
    at_once_ = 0;
    const bool written = co_await finish_write();
    if (!written) co_return Step::end;
    look_at_clock();
    const Step step = finish_request();
    co_return step == Step::read ? advance() : step;
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
                {facts_.version, true, shared_.date_at(now_), shared_.options.standing_headers});
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
            if (connection_.wire.is_kept()) {
                step_ = phase_ == Phase::idle ? Step::end : refuse_with(Errc::request_timeout);
                wake();
                break;
            }
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
