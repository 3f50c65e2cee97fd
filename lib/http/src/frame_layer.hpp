// The layer between Beast's WebSocket stream and the socket. It takes whole units: what Beast writes (pong, close,
// handshake) and what its owner writes (frames that were made once and are shared) never interleave.
//
// A write leaves from where it is started, in one system call; no coroutine is woken for it and nothing is allocated
// while the kernel takes all of it. What the kernel does not take waits here, and nowhere else.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection.hpp"

namespace confcast::http {

class FrameLayer {
  public:
    using ErrorCode = boost::system::error_code;

    /// What the layer tells its owner. on_frames_written() comes from the loop; the others from inside of a call.
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual void on_frames_written() = 0;
        virtual void on_heard() = 0;        // bytes came
        virtual void on_close_frame() = 0;  // Beast writes one: nothing may follow it
        virtual void on_stalled() = 0;      // the kernel takes no more for now
        virtual void on_quiet() = 0;        // quiet() may have become true
    };

    FrameLayer(Connection& connection, Owner& owner) : connection_(connection), owner_(owner) {}

    /// Bytes that were read before there was a WebSocket: they are read first.
    void push_early(std::string bytes) { early_ = std::move(bytes); }
    /// From now on a unit that begins like a close frame is one.
    void begin_frames() { framed_ = true; }

    /// Precondition: !in_flight(). Does nothing on a broken connection.
    void write_frames(std::span<const std::string_view> frames);
    bool in_flight() const { return in_flight_; }
    /// A control frame of the owner's own.
    void write_control(std::string frame);
    /// Forgets what waits. What Beast waits for ends with an error.
    void fail();

    /// Something waits for the peer.
    bool stalled() const { return stalled_since_ != SteadyTime::max(); }
    /// Since when it has not taken a byte of it.
    SteadyTime stalled_since() const { return stalled_since_; }
    /// Looks whether it has, which the socket alone does not tell.
    void look_at_peer(SteadyTime now);
    /// How many bytes the kernel has taken.
    std::uint64_t taken() const { return taken_; }
    /// And how many of them the peer has acknowledged. A system call.
    std::uint64_t accepted() const;
    /// Nothing of this is known to the loop any more.
    bool quiet() const { return !waiting_ && !posted_; }
    /// All has been sent, and on_frames_written() has still to say so.
    bool posted() const { return posted_; }

    // --- what Beast asks of an AsyncStream ---
    using executor_type = Executor;
    using next_layer_type = Socket;
    executor_type get_executor() noexcept { return connection_.wire.socket().get_executor(); }
    next_layer_type& next_layer() noexcept { return connection_.wire.socket(); }
    const next_layer_type& next_layer() const noexcept { return connection_.wire.socket(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const Buffers& into) { this->start_read(into, std::move(handler)); }, token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const Buffers& from) {
                std::string bytes(asio::buffers_begin(from), asio::buffers_end(from));
                this->add(
                    std::make_unique<UnitFor<decltype(handler)>>(get_executor(), std::move(bytes), std::move(handler)));
            },
            token, buffers);
    }

    /// Says the end and reads until the peer has seen it, or has sent far too much: a close with unread bytes would be
    /// a reset, which can take the close frame away from under the peer's nose.
    template <class Handler>
    void start_teardown(Handler handler) {
        // With TLS the close frames have said the end already: if its own word has no room, it is not said.
        connection_.wire.say_end();
        Teardown<Handler>{*this, std::move(handler)}(ErrorCode());
    }

  private:
    struct Unit {
        explicit Unit(std::string b) : bytes(std::move(b)), left(bytes) {}
        virtual ~Unit() = default;
        virtual void complete(ErrorCode) {}
        std::string bytes;
        std::string_view left;
    };

    template <class Handler>
    struct UnitFor final : Unit {
        UnitFor(Executor e, std::string b, Handler h)
            : Unit(std::move(b)), executor(std::move(e)), handler(std::move(h)) {}
        void complete(ErrorCode ec) override {
            asio::post(executor, boost::beast::bind_front_handler(std::move(handler), ec, ec ? 0 : bytes.size()));
        }
        Executor executor;
        Handler handler;
    };

    template <class Handler>
    struct Teardown {
        FrameLayer& layer;
        Handler handler;
        void operator()(ErrorCode ec) {
            if (ec || layer.drain())
                asio::post(layer.get_executor(), boost::beast::bind_front_handler(std::move(handler), ErrorCode()));
            else
                layer.connection_.wire.start_wait_readable(std::move(*this));
        }
    };

    template <class Buffers, class Handler>
    void start_read(const Buffers& into, Handler handler) {
        // Beast reads again only after the read before has brought something.
        if (reading_) owner_.on_heard();
        reading_ = true;
        if (early_.empty()) {
            connection_.wire.start_read(into, std::move(handler));
            return;
        }
        const std::size_t n = asio::buffer_copy(into, asio::buffer(early_));
        early_.erase(0, n);
        if (early_.empty()) early_.shrink_to_fit();
        asio::post(get_executor(), boost::beast::bind_front_handler(std::move(handler), ErrorCode(), n));
    }

    bool drain();
    void add(std::unique_ptr<Unit> unit);
    void pump();
    bool pump_frames();
    bool pump_unit();
    std::size_t send(std::span<const std::string_view> pieces);
    void wait_until_writable();
    void post_written();

    Connection& connection_;
    Owner& owner_;
    std::vector<std::string_view> frames_;      // of write_frames(), what is not sent yet
    std::vector<std::unique_ptr<Unit>> units_;  // hardly ever more than one
    std::string early_;
    std::size_t drained_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t accepted_ = 0;  // when last looked
    SteadyTime stalled_since_ = SteadyTime::max();
    bool unit_on_wire_ = false;  // the first unit has begun
    bool in_flight_ = false;     // write_frames() until on_frames_written()
    bool waiting_ = false;       // for the socket to take more
    bool posted_ = false;        // on_frames_written() is on its way
    bool reading_ = false;
    bool framed_ = false;
    bool broken_ = false;
};

/// Found by Beast's stream. Its own for sockets closes on whatever is unread.
template <class Handler>
void async_teardown(boost::beast::role_type, FrameLayer& layer, Handler&& handler) {
    layer.start_teardown(std::forward<Handler>(handler));
}

}  // namespace confcast::http
