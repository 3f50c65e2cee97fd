// An answer without an end: written by gathered sends from where a write is started, watched by the connection's one
// deadline. No Beast here: chunks need none.
#include <algorithm>
#include <charconv>
#include <exception>
#include <iterator>

#include "confcast/base/notifier.hpp"
#include "confcast/http/byte_stream.hpp"
#include "run_handler.hpp"
#include "send_now.hpp"
#include "shared.hpp"
#include "streaming.hpp"

namespace confcast::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::chrono::seconds close_time{5};           // for a peer to see the end
constexpr std::size_t most_ignored = 64U << 10U;        // of a peer that has nothing to say
constexpr std::size_t most_ignored_at_end = 4U << 20U;  // by then its answer matters more than its manners
constexpr std::size_t ignored_per_turn = 64U << 10U;

class StreamSession final : public ByteStream, public Activity {
  public:
    StreamSession(Connection& connection, Streaming& streaming)
        : connection_(connection),
          shared_(*connection.shared),
          head_(std::move(streaming.head)),
          ignored_(streaming.early),
          chunked_(streaming.chunked) {
        connection_.activity = this;
        ++shared_.stats.streams;
        ++shared_.stats.streams_begun;
        last_write_ = shared_.clock.now();
    }
    ~StreamSession() override {
        --shared_.stats.streams;
        connection_.activity = nullptr;
    }

    /// Cuts what is left, and returns when the loop knows nothing of this object any more.
    Awaitable<> finish();

    Awaitable<> run(ByteStreamEvents& events) override;
    void keep_alive(std::string_view bytes) override;
    bool write(std::span<const std::string_view> pieces) override;
    void close() override;
    void abort() override;
    std::uint64_t bytes_accepted() const override {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(accepted_by_peer(), 0));
    }
    std::string_view remote() const override { return connection_.remote; }

    void on_deadline(SteadyTime now) override;
    void wind_down() override {}  // its handler's business

  private:
    std::size_t append_chunk_head(char* out, std::size_t size) const;
    std::vector<std::string_view>& begin_pieces();
    void go(std::span<const std::string_view> pieces);
    std::size_t send(std::span<const std::string_view> pieces);
    void wait_until_writable();
    void send_rest();
    void on_all_sent();
    void end_body();
    void post_written();
    void tell_written();
    bool ignore_input();
    std::int64_t accepted_by_peer() const;
    bool takes_nothing(SteadyTime now);
    void set_deadline();
    void fail();
    bool quiet() const { return !waiting_ && !posted_; }
    void on_quiet();

    Connection& connection_;
    Shared& shared_;
    ByteStreamEvents* events_ = nullptr;
    Notifier* finished_ = nullptr;
    std::string head_;                      // of the answer, until it is sent
    std::string keep_alive_;                // a whole chunk
    std::vector<std::string_view> unsent_;  // what the kernel did not take
    char chunk_head_[18];                   // of the write in flight
    std::size_t ignored_;
    std::uint64_t taken_ = 0;    // by the kernel
    std::int64_t accepted_ = 0;  // by the peer, when last looked
    SteadyTime looked_;          // then
    SteadyTime last_write_;
    SteadyTime close_by_ = SteadyTime::max();
    bool chunked_;
    bool broken_ = false;
    bool head_gone_ = false;
    bool in_flight_ = false;   // write() until all of it is with the kernel, and on_written() has said so
    bool waiting_ = false;     // for the socket to take more
    bool posted_ = false;      // on_written() is on its way
    bool unreported_ = false;  // a write was done before anybody listened
    bool watching_ = false;    // the peer has something to take
    bool closing_ = false;
    bool ended_ = false;  // the end of the body is written, or on its way
};

Awaitable<> StreamSession::finish() {
    abort();
    Notifier finished(shared_.executor);
    finished_ = &finished;
    while (!quiet()) co_await finished.wait();
    finished_ = nullptr;
}

Awaitable<> StreamSession::run(ByteStreamEvents& events) {
    events_ = &events;
    if (!head_gone_ && !broken_) go(begin_pieces());
    if (unreported_) post_written();
    set_deadline();
    while (!broken_) {
        const auto [ec] = co_await connection_.wire.async_wait_readable(as_result);
        if (ec || !ignore_input()) break;
    }
    // What has been cancelled may not wait; this wait is short and must not be skipped.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await finish();
    events_ = nullptr;
}

void StreamSession::keep_alive(std::string_view bytes) {
    keep_alive_.clear();
    if (chunked_) {
        char head[sizeof chunk_head_];
        keep_alive_.append(head, append_chunk_head(head, bytes.size()));
    }
    keep_alive_ += bytes;
    if (chunked_) keep_alive_ += line_end;
    set_deadline();
}

bool StreamSession::write(std::span<const std::string_view> pieces) {
    if (broken_ || closing_) return false;
    in_flight_ = true;
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    auto& all = begin_pieces();
    if (size > 0) {  // a chunk of nothing would be the last
        if (chunked_) all.emplace_back(chunk_head_, append_chunk_head(chunk_head_, size));
        all.insert(all.end(), pieces.begin(), pieces.end());
        if (chunked_) all.push_back(line_end);
    }
    go(all);
    return !in_flight_;
}

void StreamSession::close() {
    if (broken_ || closing_) return;
    closing_ = true;
    close_by_ = shared_.clock.now() + close_time;
    connection_.due(close_by_);
    if (!waiting_) end_body();
}

void StreamSession::abort() {
    connection_.deadline = SteadyTime::max();
    connection_.cut();
    fail();
}

std::size_t StreamSession::append_chunk_head(char* out, std::size_t size) const {
    char* const end = std::to_chars(out, out + sizeof chunk_head_ - line_end.size(), size, 16).ptr;
    return static_cast<std::size_t>(std::copy(line_end.begin(), line_end.end(), end) - out);
}

/// The server's scratch list, with what has to go before anything else.
std::vector<std::string_view>& StreamSession::begin_pieces() {
    shared_.pieces.clear();
    if (!std::exchange(head_gone_, true)) shared_.pieces.emplace_back(head_);
    return shared_.pieces;
}

void StreamSession::go(std::span<const std::string_view> pieces) {
    last_write_ = shared_.clock.now();
    if (!std::exchange(watching_, true)) {
        looked_ = last_write_;
        accepted_ = static_cast<std::int64_t>(taken_);
        connection_.due(looked_ + shared_.options.write_timeout);
    }
    if (waiting_) {
        unsent_.insert(unsent_.end(), pieces.begin(), pieces.end());
        return;
    }
    const std::size_t sent = send(pieces);
    if (broken_) return;
    std::string_view cut;
    const auto left = advance(pieces, sent, cut);
    if (left.empty()) {
        in_flight_ = false;
        on_all_sent();
        return;
    }
    unsent_.assign(left.begin(), left.end());
    unsent_.front() = cut;
    wait_until_writable();
}

std::size_t StreamSession::send(std::span<const std::string_view> pieces) {
    const Sent sent = connection_.wire.send(pieces);
    shared_.stats.bytes_sent += sent.bytes;
    taken_ += sent.bytes;
    if (sent.error) {
        connection_.cut();
        fail();
    }
    return sent.bytes;
}

void StreamSession::wait_until_writable() {
    waiting_ = true;
    // It has just taken something, or nothing would have been left over only now.
    looked_ = shared_.clock.now();
    accepted_ = accepted_by_peer();
    connection_.wire.socket().async_wait(asio::socket_base::wait_write, [this](const boost::system::error_code& ec) {
        waiting_ = false;
        if (ec) fail();
        if (!broken_) send_rest();
        on_quiet();
    });
}

void StreamSession::send_rest() {
    const std::size_t sent = send(unsent_);
    if (broken_) return;
    std::string_view cut;
    const auto left = advance(unsent_, sent, cut);
    if (left.empty()) {
        unsent_ = {};
        on_all_sent();
        if (in_flight_) tell_written();
        return;
    }
    unsent_.erase(unsent_.begin(), unsent_.end() - static_cast<std::ptrdiff_t>(left.size()));
    unsent_.front() = cut;
    wait_until_writable();
}

void StreamSession::on_all_sent() {
    if (!head_.empty()) head_ = {};
    if (closing_) end_body();
}

void StreamSession::end_body() {
    if (!std::exchange(ended_, true)) {
        auto& all = begin_pieces();
        if (chunked_) all.push_back(last_chunk);
        go(all);  // and back here when that is gone
        return;
    }
    if (!connection_.wire.say_end()) wait_until_writable();  // and back here
}

void StreamSession::post_written() {
    posted_ = true;
    asio::post(shared_.executor, [this] {
        posted_ = false;
        tell_written();
        on_quiet();
    });
}

void StreamSession::tell_written() {
    unreported_ = events_ == nullptr;
    if (unreported_) return;
    in_flight_ = false;
    try {
        events_->on_written();
    } catch (const std::exception& e) {
        shared_.log.error("http", "a stream's user threw", {{"error", e.what()}, {"remote", remote()}});
        abort();
    }
}

/// False when it is time to go.
bool StreamSession::ignore_input() {
    const Dropped dropped = connection_.wire.drop_input(ignored_per_turn);
    ignored_ += dropped.bytes;
    return !dropped.ended && ignored_ <= (closing_ ? most_ignored_at_end : most_ignored);
}

/// Negative while there are bytes of earlier answers.
std::int64_t StreamSession::accepted_by_peer() const {
    const std::size_t waits = connection_.wire.unacknowledged();
    return static_cast<std::int64_t>(taken_) - static_cast<std::int64_t>(waits);
}

/// Whether the peer has taken no byte of what is there for it since the last look, and that is a time-out ago. What the
/// kernel has taken is not enough: of a peer that has vanished it takes a lot.
bool StreamSession::takes_nothing(SteadyTime now) {
    if (!watching_ || now < looked_ + shared_.options.write_timeout) return false;
    const std::int64_t accepted = accepted_by_peer();
    const bool all = accepted >= static_cast<std::int64_t>(taken_);
    if (!all && accepted <= accepted_) return true;
    watching_ = !all || !unsent_.empty();
    accepted_ = accepted;
    looked_ = now;
    return false;
}

void StreamSession::on_deadline(SteadyTime now) {
    if (broken_) return;
    if (now >= close_by_) {
        abort();
        return;
    }
    if (takes_nothing(now)) {
        ++shared_.stats.timeouts;
        abort();
        return;
    }
    const bool silent = now >= last_write_ + shared_.options.stream_keep_alive;
    if (silent && head_gone_ && !keep_alive_.empty() && !in_flight_ && !waiting_ && !closing_) {
        const std::string_view alive[] = {keep_alive_};
        go(alive);
    }
    set_deadline();
}

void StreamSession::set_deadline() {
    if (broken_) return;
    connection_.due(close_by_);
    if (watching_) connection_.due(looked_ + shared_.options.write_timeout);
    if (!keep_alive_.empty() && !closing_) connection_.due(last_write_ + shared_.options.stream_keep_alive);
}

void StreamSession::fail() {
    broken_ = true;
    unsent_ = {};
}

void StreamSession::on_quiet() {
    if (finished_ != nullptr && quiet()) finished_->notify_all();
}

}  // namespace

Awaitable<> serve_stream(Connection& connection, std::unique_ptr<Streaming> streaming) {
    keep_little_unsent(connection.wire.socket().native_handle(), connection.shared->options.max_unsent);
    auto stream = std::make_unique<StreamSession>(connection, *streaming);
    StreamHandler handler = std::move(streaming->handler);
    streaming.reset();
    co_await run_handler<ByteStream>(*stream, std::move(handler), connection.shared->log);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await stream->finish();
}

}  // namespace confcast::http
