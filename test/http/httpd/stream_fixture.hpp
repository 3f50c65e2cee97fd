// A server whose /stream answers with a body that a test writes.
#pragma once

#include <stdexcept>

#include "confcast/http/byte_stream.hpp"
#include "server_test.hpp"

namespace confcast::test {

/// Learns from the loop that a write is done, whether it was told so at once or later.
struct StreamUser final : http::ByteStreamEvents {
    asio::io_context& io;
    http::ByteStream* stream = nullptr;
    unsigned written = 0;
    unsigned reported = 0;  // of them by on_written()
    bool running = false;
    std::function<void()> hook;

    explicit StreamUser(asio::io_context& context) : io(context) {}

    void on_written() override {
        ++reported;
        on_done();
    }
    void on_done() {
        ++written;
        if (hook) hook();
    }
    bool write(std::string_view piece) { return write_all({&piece, 1}); }
    /// As the stream's write(), which tells of it at most once.
    bool write_all(std::span<const std::string_view> pieces) {
        const unsigned before = reported;
        const bool done = stream->write(pieces);
        EXPECT_EQ(reported, before) << "a report from inside of the write";
        if (done) asio::post(io, [this] { on_done(); });
        return done;
    }
};

class StreamTest : public ServerTest {
  protected:
    StreamTest() {
        handler = [this](http::Context& context) -> Awaitable<http::Response> {
            http::Response response;
            if (context.request.path != "/stream") co_return response;
            response.set("Content-Type", "text/event-stream");
            response.stream = [this](http::ByteStream& stream) { return serve(stream); };
            co_return response;
        };
    }
    Awaitable<> serve(http::ByteStream& stream) {
        user.stream = &stream;
        user.running = true;
        if (before_run) before_run(stream);
        co_await stream.run(user);
        user.running = false;
        user.stream = nullptr;
    }
    /// A client that has the head of its stream.
    Client open(const std::string& request = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n") {
        Client client = connect();
        run(client.send(request));
        head = run(client.answer());
        EXPECT_EQ(head.status, 200U);
        run(until([this] { return user.running; }));
        return client;
    }
    void expect_ended() {
        run(until([this] { return !user.running && server->stats().streams == 0; }));
    }
    /// A body too large for the kernel's buffers.
    const std::string& large() {
        if (large_.empty()) large_.assign(32U << 20U, 'x');
        return large_;
    }

    StreamUser user{io};
    Answer head;
    std::function<void(http::ByteStream&)> before_run;

  private:
    std::string large_;
};

}  // namespace confcast::test
