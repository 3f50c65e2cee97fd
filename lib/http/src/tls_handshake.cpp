#include "tls_handshake.hpp"

#include "shared.hpp"

namespace confcast::http {
namespace {

// After a refusal, for the peer to read why: closing on bytes that it has sent would take the alert from it.
constexpr std::chrono::seconds farewell_time{2};
constexpr std::size_t farewell_bytes = 64U << 10U;

class TlsHandshake final : public Activity {
  public:
    explicit TlsHandshake(Connection& connection) : connection_(connection), shared_(*connection.shared) {
        connection_.activity = this;
        connection_.deadline = shared_.clock.now() + shared_.options.tls_handshake_timeout;
    }
    ~TlsHandshake() override {
        connection_.activity = nullptr;
        connection_.deadline = SteadyTime::max();
    }

    Awaitable<Handshake> run();

    void on_deadline(SteadyTime) override {
        if (!refused_ && !leaving_) ++shared_.stats.timeouts;
        connection_.cut();
    }
    /// Nobody waits for an answer yet.
    void wind_down() override {
        leaving_ = true;
        connection_.deadline = SteadyTime::min();
    }

  private:
    Awaitable<> bid_farewell();

    Connection& connection_;
    Shared& shared_;
    bool refused_ = false;
    bool leaving_ = false;
};

Awaitable<Handshake> TlsHandshake::run() {
    using Step = TlsChannel::Step;
    Socket& socket = connection_.wire.socket();
    TlsChannel& tls = connection_.wire.begin_tls(shared_.tls);
    for (;;) {
        const Step step = tls.handshake(socket.native_handle());
        if (step == Step::done) {
            ++shared_.stats.tls_handshakes;
            co_return Handshake::done;
        }
        if (step == Step::failed) break;
        const auto way = step == Step::wants_read ? asio::socket_base::wait_read : asio::socket_base::wait_write;
        const auto [ec] = co_await socket.async_wait(way, as_result);
        if (ec) co_return Handshake::failed;
    }
    refused_ = true;
    ++shared_.stats.tls_failures;
    const std::string reason = tls.problem();
    shared_.log.debug("http", "a TLS handshake failed", {{"error", reason}, {"remote", connection_.remote}});
    const bool plain = tls.was_plain_text();
    connection_.wire.end_tls();
    if (plain) co_return Handshake::plain_text;
    co_await bid_farewell();
    co_return Handshake::failed;
}

Awaitable<> TlsHandshake::bid_farewell() {
    connection_.wire.say_end();
    connection_.due(shared_.clock.now() + farewell_time);
    std::size_t dropped = 0;
    while (dropped < farewell_bytes) {
        const Dropped now = connection_.wire.drop_input(farewell_bytes);
        dropped += now.bytes;
        if (now.ended) co_return;
        const auto [ec] = co_await connection_.wire.async_wait_readable(as_result);
        if (ec) co_return;
    }
}

}  // namespace

Awaitable<Handshake> shake_hands(Connection& connection) {
    TlsHandshake handshake(connection);
    co_return co_await handshake.run();
}

}  // namespace confcast::http
