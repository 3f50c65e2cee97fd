#include "requester.hpp"

#include <algorithm>

#include "answers.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace {

constexpr unsigned unauthorized = 401;
constexpr std::string_view user_agent = "confcast-client/0.1";

/// The server has not looked at it, or it can be asked again without harm.
bool elsewhere(const RawResponse& response, bool is_read) {
    if (response.status < 500) return false;
    if (is_read) return response.status == 502 || response.status == 503 || response.status == 504;
    const Failure failure = failure_in(response);
    return failure == Errc::shutting_down || failure == Errc::too_many_connections ||
           failure == Errc::too_many_from_address;
}

Failure closed_failure() { return failure_of(FailureKind::cancelled, "the client is closed"); }

}  // namespace

std::string Requester::new_request_id() {
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (std::uint64_t bits = random_(), i = 0; i < 16; ++i, bits >>= 4U) id += digits[bits & 15U];
    return id;
}

std::vector<std::pair<std::string, std::string>> Requester::headers() const {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string agent = options_.user_agent;
    if (!agent.empty()) agent += ' ';
    agent += user_agent;
    headers.emplace_back("User-Agent", std::move(agent));
    if (const std::string& token = credential_->token(); !token.empty())
        headers.emplace_back("Authorization", "Bearer " + token);
    return headers;
}

Awaitable<Result<RawResponse>> Requester::send(RawRequest request) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + request.timeout.value_or(options_.timeout);
    if (request.request_id.empty()) request.request_id = new_request_id();
    const std::string token = credential_->token();
    Result<RawResponse> answered = co_await send_with_token(request, deadline);
    // Who is not known has had nothing done: a write may be asked for again.
    if (answered && answered->status == unauthorized && credential_->renew(token))
        answered = co_await send_with_token(std::move(request), deadline);
    co_return answered;
}

Awaitable<Result<RawResponse>> Requester::send_with_token(RawRequest request, SteadyTime deadline) {
    // What has gone into a sink cannot be taken back: that is asked once.
    const bool is_read = (request.method == "GET" || request.method == "HEAD") && !request.sink;
    std::vector<std::pair<std::string, std::string>> all = headers();
    all.emplace_back("X-Request-Id", request.request_id);
    request.headers.insert(request.headers.begin(), all.begin(), all.end());

    // Each server is tried once with a fresh connection; kept ones that have gone stale do not count.
    Result<RawResponse> last = closed_failure();
    for (std::size_t tried = 0; tried < endpoints_.size() && !closed_;) {
        const std::size_t server = endpoints_.current();
        Attempt attempt = co_await this->attempt(server, request, deadline);
        last = std::move(attempt.result);
        if (attempt.fresh) ++tried;
        if (last && !elsewhere(*last, is_read)) break;
        if (last || attempt.fresh) endpoints_.pass_over(server);
        if (!last) {
            const Failure& failure = last.error();
            if (failure.kind == FailureKind::cancelled) break;
            if (failure.sent && !is_read) break;
            if (std::chrono::steady_clock::now() >= deadline) break;
        }
    }
    if (last) {
        if (const auto id = last->header("X-Request-Id"); !id.empty()) last->request_id = id;
        if (last->request_id.empty()) last->request_id = request.request_id;
        co_return last;
    }
    Failure failure = last.error();
    failure.request_id = request.request_id;
    co_return failure;
}

Awaitable<Requester::Attempt> Requester::attempt(std::size_t server, RawRequest request, SteadyTime deadline) {
    Connection connection = take_idle(server);
    const bool fresh = connection == nullptr;
    if (fresh) connection = std::make_unique<HttpConnection>(executor_, endpoints_[server], tls_);
    const Busy busy(*this, connection.get());
    if (fresh) {
        const SteadyTime soon = std::chrono::steady_clock::now() + options_.connect_timeout;
        const Result<> connected = co_await connection->connect(std::min(deadline, soon));
        if (!connected) {
            Failure failure = connected.error();
            // A server that does not take the connection in its time is not there; the caller's time is another matter.
            if (failure.kind == FailureKind::timed_out && soon < deadline) failure.kind = FailureKind::unreachable;
            co_return Attempt{fresh, failure};
        }
    }
    Result<RawResponse> answered = co_await connection->exchange(std::move(request), options_.max_body, deadline);
    if (answered) keep(server, std::move(connection));
    co_return Attempt{fresh, std::move(answered)};
}

Requester::Connection Requester::take_idle(std::size_t server) {
    const SteadyTime now = std::chrono::steady_clock::now();
    std::erase_if(
        idle_, [&](Idle& idle) { return now - idle.since >= options_.idle_timeout || !idle.connection->reusable(); });
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& i) { return i.server == server; });
    if (found == idle_.rend()) return nullptr;
    Connection connection = std::move(found->connection);
    idle_.erase(std::next(found).base());
    return connection;
}

void Requester::keep(std::size_t server, Connection connection) {
    if (closed_ || !connection->reusable()) return;
    idle_.push_back({server, std::chrono::steady_clock::now(), std::move(connection)});
    if (idle_.size() > options_.max_idle_connections) idle_.pop_front();
}

void Requester::close() {
    closed_ = true;
    idle_.clear();
    for (HttpConnection* connection : busy_) connection->abort();
}

}  // namespace confcast::client
