// A server whose /stream answers with a body that a test writes.
#pragma once

#include <stdexcept>

#include "confcast/http/byte_stream.hpp"
#include "server_test.hpp"

namespace confcast::test {

struct StreamUser final : http::ByteStreamEvents {
    http::ByteStream* stream = nullptr;
    unsigned written = 0;
    bool running = false;
    std::function<void()> hook;

    void on_written() override {
        ++written;
        if (hook) hook();
    }
    void write(std::string_view piece) const { stream->write({&piece, 1}); }
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

    StreamUser user;
    Answer head;
    std::function<void(http::ByteStream&)> before_run;

  private:
    std::string large_;
};

}  // namespace confcast::test
