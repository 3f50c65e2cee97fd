// A server whose /ws is a WebSocket that a test writes to.
#pragma once

#include <deque>

#include "confcast/http/upgrade.hpp"
#include "confcast/http/websocket.hpp"
#include "frame_header.hpp"
#include "server_test.hpp"

namespace confcast::test {

enum Opcode : unsigned { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

/// What a user of a WebSocket does in these tests: records, and echoes when it is told to. It learns from the loop that
/// a write is done, whether it was told so at once or later.
struct User {
    struct Message {
        std::string data;
        bool binary;
    };
    http::WebSocket* socket = nullptr;
    std::vector<Message> messages;
    asio::io_context& io;
    unsigned written = 0;
    unsigned reported = 0;  // of them by on_written()
    bool running = false;
    bool echoes = true;
    std::deque<std::string> waiting;
    std::deque<std::string> writing;
    std::function<void(std::string_view)> hook;

    explicit User(asio::io_context& context) : io(context) {}

    void on_message(std::string_view data, bool is_binary) {
        messages.push_back({std::string(data), is_binary});
        if (hook) hook(data);
        if (!echoes) return;
        waiting.push_back(http::frame_header(is_binary ? http::FrameKind::binary : http::FrameKind::text, data.size()) +
                          std::string(data));
        write();
    }
    void on_done() {
        ++written;
        writing.clear();
        write();
    }
    void write() {
        if (!writing.empty() || waiting.empty() || socket == nullptr) return;
        writing.swap(waiting);
        const std::vector<std::string_view> frames(writing.begin(), writing.end());
        write(frames);
    }
    /// As the socket's write_frames(), which tells of it at most once.
    bool write(std::span<const std::string_view> frames) {
        const unsigned before = reported;
        const bool done = socket->write_frames(frames);
        EXPECT_EQ(reported, before) << "a report from inside of the write";
        if (done) asio::post(io, [this] { on_done(); });
        return done;
    }
};

/// Whom the server knows of it; its end is the connection's.
class UserEvents final : public http::WebSocketEvents {
  public:
    UserEvents(User& user, http::WebSocket& socket) : user_(user) {
        user_.socket = &socket;
        user_.running = true;
        user_.waiting.clear();
        user_.writing.clear();
    }
    ~UserEvents() override {
        user_.running = false;
        user_.socket = nullptr;
    }
    void on_message(std::string_view data, bool binary) override { user_.on_message(data, binary); }
    void on_written() override {
        ++user_.reported;
        user_.on_done();
    }

  private:
    User& user_;
};

class WebSockets : public ServerTest {
  protected:
    WebSockets() {
        handler = [this](http::Context& context) -> Awaitable<http::Response> {
            http::Response response;
            if (context.request.path != "/ws") co_return response;
            const auto allowed = http::check_upgrade(context.request);
            if (!allowed) co_return render(context, allowed.error());
            response.set("X-Mine", "yes");
            response.upgrade = [this](http::WebSocket& socket) { return serve(socket); };
            co_return response;
        };
    }
    std::unique_ptr<http::WebSocketEvents> serve(http::WebSocket& socket) {
        auto events = std::make_unique<UserEvents>(user, socket);
        if (before_run) before_run(socket);
        return events;
    }
    /// A client whose upgrade has been answered with 101 and whose handler runs.
    Client open() {
        Client client = connect();
        const Answer answer = run(client.upgrade());
        EXPECT_EQ(answer.status, 101U);
        run(until([this] { return user.running; }));
        return client;
    }
    void expect_ended() {
        run(until([this] { return !user.running && server->stats().websockets == 0; }));
    }
    Frame next(Client& client) {
        const auto frame = run(client.frame());
        return frame ? *frame : Frame{99, true, {}};
    }
    /// The next frame closes with `code`, and so does the connection.
    void expect_close(Client& client, unsigned code) {
        const Frame frame = next(client);
        EXPECT_EQ(frame.opcode, closing);
        EXPECT_EQ(frame.close_code(), code);
        run(client.send_frame(closing, close_payload(code)));
        EXPECT_TRUE(run(client.closed()));
        client.socket().close();
        expect_ended();
    }

    User user{io};
    std::function<void(http::WebSocket&)> before_run;
};

}  // namespace confcast::test
