// The one file that instantiates Beast's WebSocket stream.
#include "confcast/http/websocket.hpp"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <optional>

#include "confcast/base/notifier.hpp"
#include "frame_layer.hpp"
#include "pace.hpp"
#include "run_handler.hpp"
#include "send_now.hpp"
#include "shared.hpp"
#include "upgrade.hpp"

namespace confcast::http {
namespace {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds close_time{5};
constexpr std::uint16_t heartbeat_missed = 4008;
constexpr std::uint16_t internal_error = 1011;
constexpr std::size_t max_reason = 123;     // of a control frame's 125 bytes
constexpr std::size_t small_message = 128;  // needs no memory of its own
constexpr std::size_t kept_message = 4096;  // what an idle connection may keep
constexpr std::string_view ping_frame{"\x89\x00", 2};

class WebSocketSession final : public WebSocket, public Activity, private FrameLayer::Owner {
  public:
    explicit WebSocketSession(Connection& connection)
        : connection_(connection),
          shared_(*connection.shared),
          stream_(connection, static_cast<FrameLayer::Owner&>(*this)),
          pace_(shared_.options.websocket_rate, shared_.options.websocket_burst) {
        connection_.activity = this;
        ++shared_.stats.websockets;
    }
    ~WebSocketSession() override {
        --shared_.stats.websockets;
        connection_.activity = nullptr;
    }

    Awaitable<bool> accept(Upgrade& upgrade);
    /// Cuts what is left, and returns when the loop knows nothing of this object any more.
    Awaitable<> finish();

    Awaitable<> run(WebSocketEvents& events) override;
    void write_frames(std::span<const std::string_view> frames) override;
    bool is_written() const override { return stream_.next_layer().posted(); }
    void close(std::uint16_t code, std::string_view reason) override;
    void abort() override;
    std::uint64_t bytes_accepted() const override { return stream_.next_layer().accepted(); }
    std::string_view remote() const override { return connection_.remote; }

    void on_deadline(SteadyTime now) override;
    void wind_down() override {}  // its handler's business

  private:
    Awaitable<> read_messages(WebSocketEvents& events);
    void deliver(WebSocketEvents& events, std::string_view data);
    Awaitable<> hold(SteadyTime::duration time);
    FrameLayer& layer() { return stream_.next_layer(); }
    bool quiet() { return layer().quiet() && !close_running_ && !reporting_; }
    void report_later();
    void check_heartbeat(SteadyTime now);
    void ping(SteadyTime now);
    bool is_behind();
    void expect_no_pong(SteadyTime now);
    bool is_stuck(SteadyTime now) {
        return layer().stalled() && now >= layer().stalled_since() + shared_.options.write_timeout;
    }

    void on_frames_written() override;
    void on_heard() override;
    void on_close_frame() override;
    void on_stalled() override;
    void on_quiet() override;

    Connection& connection_;
    Shared& shared_;
    ws::stream<FrameLayer, false> stream_;
    WebSocketEvents* events_ = nullptr;
    Notifier* finished_ = nullptr;
    Pace pace_;
    SteadyTime last_heard_;
    SteadyTime pinged_at_;
    std::uint64_t ping_end_ = 0;          // FrameLayer::taken() with the ping
    std::uint64_t accepted_at_ping_ = 0;  // FrameLayer::accepted()
    SteadyTime close_by_ = SteadyTime::max();
    bool open_ = false;
    bool closing_ = false;        // a close frame is written or on its way: nothing may follow it
    bool close_running_ = false;  // Beast's close operation
    bool pinged_ = false;         // and nothing heard since
    bool behind_since_ping_ = false;
    bool unreported_ = false;  // frames were written before anybody listened
    bool reporting_ = false;   // and that is on its way now
};

Awaitable<bool> WebSocketSession::accept(Upgrade& upgrade) {
    namespace http = beast::http;
    const auto& o = shared_.options;
    connection_.deadline = shared_.clock.now() + o.handshake_timeout;
    stream_.auto_fragment(false);
    stream_.read_message_max(upgrade.message_limit);
    layer().push_early(std::move(upgrade.early));
    const std::string date(shared_.date.at(shared_.clock.wall()));
    stream_.set_option(ws::stream_base::decorator([&](ws::response_type& response) {
        response.set(http::field::date, date);
        response.set(http::field::server, "confcast");  // or Beast says its own name
        for (const auto& [name, value] : upgrade.headers) response.set(name, value);
    }));
    // What the gate and check_upgrade() have seen of the request, for Beast to see again.
    http::request<http::empty_body> request(http::verb::get, "/", 11);
    request.set(http::field::host, "-");
    request.set(http::field::connection, "upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, upgrade.key);
    const auto [ec] = co_await stream_.async_accept(request, as_result);
    // The decorator looks into this frame.
    stream_.set_option(ws::stream_base::decorator([](ws::response_type&) {}));
    if (ec) co_return false;
    open_ = true;
    layer().begin_frames();
    last_heard_ = shared_.clock.now();
    connection_.deadline = last_heard_ + o.ping_interval;
    ++shared_.stats.upgrades;
    co_return true;
}

Awaitable<> WebSocketSession::finish() {
    abort();
    Notifier finished(shared_.executor);
    finished_ = &finished;
    while (!quiet()) co_await finished.wait();
    finished_ = nullptr;
}

Awaitable<> WebSocketSession::run(WebSocketEvents& events) {
    events_ = &events;
    if (unreported_) report_later();
    try {
        co_await read_messages(events);
    } catch (const std::exception& e) {
        // Beast, at something it does not expect of a peer. One connection ends; the others do not notice.
        shared_.log.warning("http", "a WebSocket ended with an error", {{"error", e.what()}, {"remote", remote()}});
    }
    // What has been cancelled may not wait; this wait is short and must not be skipped.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await finish();
    events_ = nullptr;
}

void WebSocketSession::report_later() {
    unreported_ = false;
    reporting_ = true;
    asio::post(shared_.executor, [this] {
        reporting_ = false;
        on_frames_written();
        on_quiet();
    });
}

Awaitable<> WebSocketSession::read_messages(WebSocketEvents& events) {
    char small[small_message];
    std::string large;
    for (;;) {
        const std::size_t had = large.size();
        asio::mutable_buffer room(small, sizeof small);
        if (had > 0) {
            large.resize(had + std::max(had, kept_message));
            room = asio::buffer(large.data() + had, large.size() - had);
        }
        const auto [ec, n] = co_await stream_.async_read_some(room, as_result);
        if (ec) co_return;
        if (had > 0) large.resize(had + n);
        if (!stream_.is_message_done()) {
            if (had == 0) large.assign(small, n);
            continue;
        }
        deliver(events, had > 0 ? std::string_view(large) : std::string_view(small, n));
        large.clear();
        if (large.capacity() > kept_message) large.shrink_to_fit();
        const auto ahead = pace_.wait(shared_.clock.now());
        pace_.begin(shared_.clock.now());
        if (ahead > SteadyTime::duration::zero()) co_await hold(ahead);
    }
}

// What it has sent meanwhile waits in the kernel, and behind that in its own: no message is lost, and none is kept
// here.
Awaitable<> WebSocketSession::hold(SteadyTime::duration time) {
    ++shared_.stats.messages_held;
    SteadyTimer timer(shared_.executor, time);
    [[maybe_unused]] const auto [ec] = co_await timer.async_wait(as_result);
}

void WebSocketSession::deliver(WebSocketEvents& events, std::string_view data) {
    try {
        events.on_message(data, stream_.got_binary());
    } catch (const std::exception& e) {
        shared_.log.error("http", "a WebSocket's user threw", {{"error", e.what()}, {"remote", remote()}});
        close(internal_error, "internal error");
    }
}

void WebSocketSession::write_frames(std::span<const std::string_view> frames) {
    if (!open_ || closing_) return;
    layer().write_frames(frames);
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
    if (!open_ || closing_) return;
    closing_ = true;
    close_by_ = shared_.clock.now() + close_time;
    connection_.due(close_by_);
    close_running_ = true;
    const auto text = reason.substr(0, max_reason);
    stream_.async_close(
        ws::close_reason(static_cast<ws::close_code>(code), beast::string_view(text.data(), text.size())),
        [this](const beast::error_code&) {
            close_running_ = false;
            on_quiet();
        });
}

void WebSocketSession::abort() {
    open_ = false;
    connection_.deadline = SteadyTime::max();
    connection_.cut();
    layer().fail();
}

void WebSocketSession::on_deadline(SteadyTime now) {
    const auto& o = shared_.options;
    if (is_stuck(now)) layer().look_at_peer(now);
    const bool stuck = is_stuck(now);
    if (!open_ || stuck || now >= close_by_) {
        if (stuck || !open_) ++shared_.stats.timeouts;
        abort();
        return;
    }
    if (!closing_) check_heartbeat(now);
    connection_.due(close_by_);
    if (layer().stalled()) connection_.due(layer().stalled_since() + o.write_timeout);
    if (!closing_) connection_.due(pinged_ ? pinged_at_ + o.pong_timeout : last_heard_ + o.ping_interval);
}

void WebSocketSession::check_heartbeat(SteadyTime now) {
    const auto& o = shared_.options;
    if (pinged_ && now >= pinged_at_ + o.pong_timeout) {
        if (is_behind()) {
            expect_no_pong(now);
        } else {
            ++shared_.stats.timeouts;
            close(heartbeat_missed, "heartbeat missed");
        }
    } else if (!pinged_ && now >= last_heard_ + o.ping_interval) {
        if (layer().stalled()) {
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
    layer().write_control(std::string(ping_frame));
    ping_end_ = layer().taken();
    accepted_at_ping_ = layer().accepted();
}

/// Whether the pong may be late through no fault of the peer's: the ping lay or lies behind bytes that it goes on
/// accepting. That is its sign of life then. One that accepts nothing has none.
bool WebSocketSession::is_behind() {
    const std::uint64_t accepted = layer().accepted();
    return accepted > accepted_at_ping_ && (behind_since_ping_ || layer().stalled() || accepted < ping_end_);
}

void WebSocketSession::expect_no_pong(SteadyTime now) {
    pinged_ = false;
    last_heard_ = now;
}

void WebSocketSession::on_frames_written() {
    if (events_ == nullptr) {
        unreported_ = true;
        return;
    }
    try {
        events_->on_written();
    } catch (const std::exception& e) {
        shared_.log.error("http", "a WebSocket's user threw", {{"error", e.what()}, {"remote", remote()}});
        close(internal_error, "internal error");
    }
}

void WebSocketSession::on_heard() {
    last_heard_ = shared_.clock.now();
    pinged_ = false;
}

void WebSocketSession::on_close_frame() {
    closing_ = true;
    close_by_ = std::min(close_by_, shared_.clock.now() + close_time);
    connection_.due(close_by_);
}

void WebSocketSession::on_stalled() {
    behind_since_ping_ = true;
    connection_.due(shared_.clock.now() + shared_.options.write_timeout);
}

void WebSocketSession::on_quiet() {
    if (finished_ != nullptr && quiet()) finished_->notify_all();
}

}  // namespace

Awaitable<> serve_websocket(Connection& connection, std::unique_ptr<Upgrade> upgrade) {
    keep_little_unsent(connection.wire.socket().native_handle(), connection.shared->options.max_unsent);
    auto socket = std::make_unique<WebSocketSession>(connection);
    const bool accepted = co_await socket->accept(*upgrade);
    WebSocketHandler handler = std::move(upgrade->handler);
    upgrade.reset();
    if (accepted) co_await run_handler<WebSocket>(*socket, std::move(handler), connection.shared->log);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await socket->finish();
}

}  // namespace confcast::http
