// A WebSocket from the answer to its handshake until the socket is gone, driven by callbacks: no coroutine, no timer
// and no buffer of its own while it is idle.
//
// Its operations own it. As long as the loop knows something of it there is a pointer to it; when the last one is
// gone, nothing more can come, and it ends with its user and its connection.
#include "confcast/http/websocket.hpp"

#include <algorithm>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <exception>
#include <utility>

#include "confcast/base/prefetch.hpp"
#include "frame_header.hpp"
#include "frame_reader.hpp"
#include "frame_sender.hpp"
#include "pace.hpp"
#include "send_now.hpp"
#include "shared.hpp"
#include "upgrade.hpp"

namespace confcast::http {
namespace {

using ErrorCode = boost::system::error_code;

// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds close_time{5};
constexpr std::uint16_t heartbeat_missed = 4008;
constexpr std::uint16_t internal_error = 1011;
constexpr int reads_per_turn = 4;  // of one peer, before the others have their turn
// Room for the rest of a message that is over any limit in use; the deadline of the close bounds it in time.
constexpr std::size_t most_drained = 64U << 20U;
constexpr std::size_t drained_per_turn = 256U << 10U;

class WebSocketSession final : public WebSocket,
                               public Activity,
                               public boost::intrusive_ref_counter<WebSocketSession, boost::thread_unsafe_counter> {
  public:
    WebSocketSession(std::unique_ptr<Connection> connection, std::size_t message_limit);
    ~WebSocketSession() override;

    void begin(Upgrade upgrade);

    bool write_frames(std::span<const std::string_view> frames) override;
    void prepare_write() override { prefetch(&connection_->wire, sizeof connection_->wire); }
    void close(std::uint16_t code, std::string_view reason) override;
    void abort() override;
    std::uint64_t bytes_accepted() const override { return sender_.accepted(); }
    std::string_view remote() const override { return connection_->remote; }

    void on_deadline(SteadyTime now) override;
    void wind_down() override {}  // its user's business

  private:
    using Self = boost::intrusive_ptr<WebSocketSession>;

    /// Reading for the user; or to the peer's end, because a close with unread bytes would be a reset, which can take
    /// the close frame away from under the peer's nose; or not at all.
    enum class Phase : std::uint8_t { reading, ending, draining, gone };

    /// What was read and may not be used yet, of a peer that talks too much or takes no answer: at most one read.
    struct Held {
        explicit Held(const Executor& executor) : timer(executor) {}
        std::string bytes;
        SteadyTimer timer;
    };

    void make_user(WebSocketHandler& handler);
    void on_begun();
    void settle();
    void wait_readable();
    void on_readable(const ErrorCode& ec);
    void read();
    void consume(std::span<char> bytes);
    void resume();
    bool may_consume() const;
    void hold_back(std::span<char> bytes);
    void take(const FrameReader::Frame& frame);
    void deliver(std::string_view data, bool binary);
    void keep_pace();
    void answer_close(std::uint16_t code);
    void end();
    void start_draining();
    void drain();

    void after_send();
    void on_writable(const ErrorCode& ec);
    void tell_written();
    void on_user_threw(const std::exception& thrown);

    void check_heartbeat(SteadyTime now);
    void ping(SteadyTime now);
    bool is_behind() const;
    void expect_no_pong(SteadyTime now);
    bool is_stuck(SteadyTime now) const {
        return sender_.stalled() && now >= sender_.stalled_since() + shared().options.write_timeout;
    }
    Shared& shared() const { return *connection_->shared; }

    std::unique_ptr<Connection> connection_;
    std::unique_ptr<WebSocketEvents> user_;
    FrameSender sender_;
    FrameReader reader_;
    Pace pace_;
    std::unique_ptr<Held> held_;
    SteadyTime last_heard_;
    SteadyTime pinged_at_;
    std::uint64_t ping_end_ = 0;          // FrameSender::taken() with the ping
    std::uint64_t accepted_at_ping_ = 0;  // FrameSender::accepted()
    SteadyTime close_by_ = SteadyTime::max();
    std::uint32_t drained_ = 0;
    Phase phase_ = Phase::reading;
    bool begun_ = false;           // the answer to the handshake is with the kernel
    bool closing_ = false;         // a close frame is written or on its way: nothing may follow it
    bool waits_readable_ = false;  // an operation
    bool waits_writable_ = false;  // the same
    bool holding_ = false;         // the same, of held_->timer
    bool pinged_ = false;          // and nothing heard since
    bool behind_since_ping_ = false;
};

WebSocketSession::WebSocketSession(std::unique_ptr<Connection> connection, std::size_t message_limit)
    : connection_(std::move(connection)),
      sender_(*connection_),
      reader_(message_limit),
      pace_(shared().options.websocket_rate, shared().options.websocket_burst) {
    connection_->activity = this;
    ++shared().stats.websockets;
}

WebSocketSession::~WebSocketSession() {
    user_.reset();
    --shared().stats.websockets;
    connection_->activity = nullptr;
}

void WebSocketSession::begin(Upgrade upgrade) {
    // The coroutine that has brought us here needs it no more, and it is the larger part of an idle connection.
    connection_->stop.slot().clear();
    keep_little_unsent(connection_->wire.socket().native_handle(), shared().options.max_unsent);
    last_heard_ = shared().clock.now();
    connection_->deadline = last_heard_ + shared().options.ping_interval;
    close_by_ = last_heard_ + shared().options.handshake_timeout;
    ++shared().stats.upgrades;
    sender_.hold_back(std::move(upgrade.head));
    make_user(upgrade.handler);
    if (phase_ == Phase::gone) return;
    if (!begun_) connection_->due(close_by_);
    if (!upgrade.early.empty()) hold_back(upgrade.early);
    if (!sender_.holds_back() && !held_) {
        settle();
        return;
    }
    // Who writes a moment later, in this turn of the loop, has his frames go with the answer all the same.
    asio::post(shared().executor, [self = Self(this)] { self->on_begun(); });
}

void WebSocketSession::make_user(WebSocketHandler& handler) {
    try {
        user_ = handler(*this);
        if (user_ || closing_) return;
    } catch (const std::exception& e) {
        shared().log.error("http", "a connection's handler threw", {{"error", e.what()}, {"remote", remote()}});
    } catch (...) {
        shared().log.error("http", "a connection's handler threw", {{"remote", remote()}});
    }
    sender_.flush();
    abort();
}

void WebSocketSession::on_begun() {
    if (phase_ == Phase::gone) return;
    if (sender_.holds_back()) {
        sender_.flush();
        after_send();
    }
    resume();
    settle();
}

/// The end of everything that the loop has called: what is to be waited for now is waited for.
void WebSocketSession::settle() {
    if (phase_ == Phase::gone || waits_readable_ || holding_ || phase_ == Phase::ending) return;
    // An answer that waits: the socket brings us back when it has gone.
    if (phase_ == Phase::reading && sender_.has_unsent_own()) return;
    wait_readable();
}

void WebSocketSession::wait_readable() {
    waits_readable_ = true;
    connection_->wire.async_wait_readable([self = Self(this)](const ErrorCode& ec) {
        self->waits_readable_ = false;
        self->on_readable(ec);
        self->settle();
    });
}

void WebSocketSession::on_readable(const ErrorCode& ec) {
    if (ec)
        abort();
    else if (phase_ == Phase::draining)
        drain();
    else if (phase_ == Phase::reading)
        read();
}

void WebSocketSession::read() {
    for (int reads = 0; reads < reads_per_turn && may_consume(); ++reads) {
        const std::span<char> room(shared().input);
        const Received received = connection_->wire.receive(room);
        if (received.error) {
            abort();
            return;
        }
        if (received.bytes > 0) {
            last_heard_ = shared().clock.now();
            pinged_ = false;
        }
        consume(room.first(received.bytes));
        if (received.bytes < room.size()) return;
    }
}

bool WebSocketSession::may_consume() const {
    return phase_ == Phase::reading && !holding_ && !sender_.has_unsent_own();
}

void WebSocketSession::consume(std::span<char> bytes) {
    while (may_consume()) {
        const FrameReader::Frame frame = reader_.next(bytes);
        if (frame.kind == FrameReader::Kind::none) return;
        take(frame);
    }
    if (phase_ == Phase::reading && !bytes.empty()) hold_back(bytes);
}

void WebSocketSession::hold_back(std::span<char> bytes) {
    if (!held_) held_ = std::make_unique<Held>(shared().executor);
    held_->bytes.assign(bytes.data(), bytes.size());
}

void WebSocketSession::resume() {
    if (!held_ || !may_consume()) return;
    std::string bytes = std::move(held_->bytes);
    held_.reset();
    consume(bytes);
}

void WebSocketSession::take(const FrameReader::Frame& frame) {
    using Kind = FrameReader::Kind;
    switch (frame.kind) {
        case Kind::text:
        case Kind::binary:
            if (closing_) break;
            deliver(frame.data, frame.kind == Kind::binary);
            keep_pace();
            break;
        case Kind::ping:
            if (closing_) break;
            sender_.send_own(ControlFrame(FrameKind::pong, frame.data).bytes());
            after_send();
            break;
        case Kind::close:
        case Kind::failed:
            answer_close(frame.code);
            break;
        case Kind::pong:
        case Kind::none:
            break;
    }
}

void WebSocketSession::deliver(std::string_view data, bool binary) {
    try {
        user_->on_message(data, binary);
    } catch (const std::exception& e) {
        on_user_threw(e);
    }
}

// What it has sent meanwhile waits in the kernel, and behind that in its own: no message is lost, and no more is kept
// here than was read with the last one.
void WebSocketSession::keep_pace() {
    const SteadyTime now = shared().clock.now();
    const auto ahead = pace_.wait(now);
    pace_.begin(now);
    if (ahead <= SteadyTime::duration::zero() || phase_ != Phase::reading) return;
    ++shared().stats.messages_held;
    if (!held_) held_ = std::make_unique<Held>(shared().executor);
    holding_ = true;
    held_->timer.expires_after(ahead);
    held_->timer.async_wait([self = Self(this)](const ErrorCode&) {
        self->holding_ = false;
        // A socket that the server has closed meanwhile has nobody waiting for it who would have heard of that.
        if (!self->connection_->wire.socket().is_open()) self->abort();
        self->resume();
        self->settle();
    });
}

/// The peer has closed, or has done what nobody may: this is the last that it hears, and nothing more is heard of it.
void WebSocketSession::answer_close(std::uint16_t code) {
    if (!closing_) {
        closing_ = true;
        sender_.send_own(ControlFrame(code, {}).bytes());
        after_send();
        if (phase_ == Phase::gone) return;
    }
    close_by_ = std::min(close_by_, shared().clock.now() + close_time);
    connection_->due(close_by_);
    phase_ = Phase::ending;
    if (!sender_.has_unsent()) start_draining();
}

void WebSocketSession::start_draining() {
    phase_ = Phase::draining;
    // With TLS the close frames have said the end already: if its own word has no room, it is not said.
    connection_->wire.say_end();
}

void WebSocketSession::drain() {
    const Dropped dropped = connection_->wire.drop_input(drained_per_turn);
    drained_ += static_cast<std::uint32_t>(dropped.bytes);
    if (dropped.ended || drained_ >= most_drained) abort();
}

bool WebSocketSession::write_frames(std::span<const std::string_view> frames) {
    if (closing_ || phase_ == Phase::gone) return false;
    const bool gone = sender_.send_frames(frames);
    after_send();
    return gone;
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
    if (closing_ || phase_ == Phase::gone) return;
    closing_ = true;
    close_by_ = shared().clock.now() + close_time;
    connection_->due(close_by_);
    sender_.send_own(ControlFrame(code, reason).bytes());
    after_send();
}

void WebSocketSession::abort() {
    if (phase_ == Phase::gone) return;
    phase_ = Phase::gone;
    connection_->deadline = SteadyTime::max();
    connection_->cut();
    if (holding_) held_->timer.cancel();
}

/// After everything that may have sent something.
void WebSocketSession::after_send() {
    if (sender_.is_broken()) {
        abort();
        return;
    }
    if (!begun_ && !sender_.has_unsent()) {
        begun_ = true;
        if (!closing_) close_by_ = SteadyTime::max();
    }
    if (!sender_.stalled() || waits_writable_) return;
    behind_since_ping_ = true;
    connection_->due(sender_.stalled_since() + shared().options.write_timeout);
    waits_writable_ = true;
    connection_->wire.socket().async_wait(asio::socket_base::wait_write, [self = Self(this)](const ErrorCode& ec) {
        self->waits_writable_ = false;
        self->on_writable(ec);
        self->settle();
    });
}

void WebSocketSession::on_writable(const ErrorCode& ec) {
    if (ec) abort();
    if (phase_ == Phase::gone) return;
    const bool frames_are_gone = sender_.flush();
    after_send();
    if (phase_ == Phase::gone) return;
    if (frames_are_gone) tell_written();
    if (phase_ == Phase::ending && !sender_.has_unsent()) start_draining();
    resume();
}

void WebSocketSession::tell_written() {
    if (!user_) return;
    try {
        user_->on_written();
    } catch (const std::exception& e) {
        on_user_threw(e);
    }
}

void WebSocketSession::on_user_threw(const std::exception& thrown) {
    shared().log.error("http", "a WebSocket's user threw", {{"error", thrown.what()}, {"remote", remote()}});
    close(internal_error, "internal error");
}

void WebSocketSession::on_deadline(SteadyTime now) {
    const auto& o = shared().options;
    if (is_stuck(now)) sender_.look_at_peer(now);
    const bool stuck = is_stuck(now);
    if (stuck || now >= close_by_) {
        if (stuck || !begun_) ++shared().stats.timeouts;
        abort();
        return;
    }
    if (!closing_) check_heartbeat(now);
    if (phase_ == Phase::gone) return;
    connection_->due(close_by_);
    if (sender_.stalled()) connection_->due(sender_.stalled_since() + o.write_timeout);
    if (!closing_) connection_->due(pinged_ ? pinged_at_ + o.pong_timeout : last_heard_ + o.ping_interval);
}

void WebSocketSession::check_heartbeat(SteadyTime now) {
    const auto& o = shared().options;
    if (pinged_ && now >= pinged_at_ + o.pong_timeout) {
        if (is_behind()) {
            expect_no_pong(now);
        } else {
            ++shared().stats.timeouts;
            close(heartbeat_missed, "heartbeat missed");
        }
    } else if (!pinged_ && now >= last_heard_ + o.ping_interval) {
        if (sender_.stalled()) {
            expect_no_pong(now);  // the write time-out watches it
        } else {
            ping(now);
        }
    }
}

void WebSocketSession::ping(SteadyTime now) {
    pinged_ = true;
    pinged_at_ = now;
    behind_since_ping_ = false;
    sender_.send_own(ControlFrame(FrameKind::ping, {}).bytes());
    after_send();
    ping_end_ = sender_.taken();
    accepted_at_ping_ = sender_.accepted();
}

/// Whether the pong may be late through no fault of the peer's: the ping lay or lies behind bytes that it goes on
/// accepting. That is its sign of life then. One that accepts nothing has none.
bool WebSocketSession::is_behind() const {
    const std::uint64_t accepted = sender_.accepted();
    return accepted > accepted_at_ping_ && (behind_since_ping_ || sender_.stalled() || accepted < ping_end_);
}

void WebSocketSession::expect_no_pong(SteadyTime now) {
    pinged_ = false;
    last_heard_ = now;
}

}  // namespace

void start_websocket(std::unique_ptr<Connection> connection, Upgrade upgrade) {
    const std::size_t limit = upgrade.message_limit;
    const boost::intrusive_ptr<WebSocketSession> session(new WebSocketSession(std::move(connection), limit));
    session->begin(std::move(upgrade));
}

}  // namespace confcast::http
