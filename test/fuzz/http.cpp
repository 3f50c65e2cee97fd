// The whole way of a connection, from bytes to bytes: the real session and router behind a socket, an echo that answers
// HTTP and WebSocket. Every answer is well formed, a refusal is the last one, and a connection whose client has nothing
// more to say comes to its end. Input: a byte that says where the client pauses, then what it sends.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/http/router.hpp"
#include "confcast/http/test_routes.hpp"
#include "confcast/load/http.hpp"
#include "confcast/load/websocket_frame.hpp"
#include "connection.hpp"
#include "shared.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr std::size_t most_bytes = 32U << 10U;  // less than a socket keeps

http::Response render(const http::Context&, const Error& error) {
    http::Response response;
    response.status = http_status(error.code());
    response.set("Content-Type", "text/plain");
    response.body = error.to_string();
    return response;
}

/// One for all runs; nothing is left of a connection behind it.
class Front {
  public:
    Front() {
        http::add_test_routes(router_);
        // Not a coroutine: it lives as long as the chain.
        std::vector<http::Middleware> list{[this](http::Context& context, http::Next next) {
            asked_.push_back(context.request.method);
            return next(context);
        }};
        chain_ = http::Chain(std::move(list), router_.as_handler(render_));
        http::ServerOptions options;
        options.max_head = 2048;
        options.max_target = 512;
        options.max_body = 4096;
        options.websocket_rate = 0;
        shared_ = std::make_shared<http::Shared>(io_.get_executor(), options, chain_, render_, clock_, log_);
    }

    /// All that came back.
    std::string exchange(std::string_view first, std::string_view then) {
        asked_.clear();
        std::array<int, 2> ends{};
        demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0, "a socket pair");
        http::Socket socket(io_.get_executor());
        socket.assign(asio::ip::tcp::v4(), ends[0]);
        load::Socket client(ends[1]);
        const asio::ip::tcp::endpoint peer(asio::ip::address_v4::loopback(), 1);
        http::start_connection(std::make_unique<http::Connection>(shared_, std::move(socket), peer, std::nullopt));
        std::string answers;
        send(client, first, answers);
        send(client, then, answers);
        if (client.is_open()) ::shutdown(client.fd(), SHUT_WR);
        for (int round = 0; shared_->stats.connections > 0; ++round) {
            demand(round < 100, "a connection ends");
            turn(client, answers);
            if (round > 2) clock_.advance(std::chrono::seconds(20));
            shared_->connections.sweep();
        }
        turn(client, answers);
        return answers;
    }

    const std::vector<http::Method>& asked() const { return asked_; }

  private:
    void send(load::Socket& client, std::string_view bytes, std::string& answers) {
        if (client.is_open() && !bytes.empty()) [[maybe_unused]]
            const auto sent = client.write_some(bytes);  // a server that has closed takes none
        turn(client, answers);
    }
    void turn(load::Socket& client, std::string& answers) {
        for (;;) {
            io_.restart();
            const bool busy = io_.poll() > 0;
            std::array<char, 16U << 10U> buffer;
            const auto n = client.is_open() ? client.read_some(buffer) : std::nullopt;
            if (n == 0U) client.close();
            if (n) answers.append(buffer.data(), *n);
            if (!busy && n.value_or(0) == 0) return;
        }
    }

    asio::io_context io_{1};
    ManualClock clock_;
    NullLog log_;
    http::Router router_;
    http::ErrorRenderer render_ = render;
    http::Chain chain_;
    std::vector<http::Method> asked_;
    std::shared_ptr<http::Shared> shared_;
};

void check_frames(const std::string& bytes) {
    load::FrameReader frames;
    bool closed = false;
    frames.feed(bytes, [&closed](const load::Frame& frame) {  // throws when a frame is none
        demand(!closed, "nothing follows a close frame");
        closed = frame.opcode == load::Opcode::close;
        demand(static_cast<unsigned>(frame.opcode) < 8 || frame.payload.size() <= 125, "a control frame is short");
    });
}

void check_answers(const std::string& answers, const std::vector<http::Method>& asked) {
    load::ResponseReader reader;
    reader.feed(answers);
    std::size_t answered = 0;
    bool refused = false;
    for (;;) {
        const bool to_head = answered < asked.size() && asked[answered] == http::Method::head;
        auto answer = reader.next(to_head);  // throws when it is none
        // Refused before anybody could be asked: perhaps the answer to a HEAD, which has no body.
        if (!answer && answered == asked.size() && !refused) answer = reader.next(true);
        if (!answer) break;
        if (answer->status == 100) continue;
        demand(!refused, "a refusal is the last answer");
        if (answer->status == 101) {
            check_frames(reader.take_rest());
            return;
        }
        demand(answer->status >= 200 && answer->status < 600, "an answer has a status");
        demand(!answer->header("Date").empty(), "an answer has a date");
        refused = ++answered > asked.size();
        if (refused) demand(answer->header("Connection") == "close", "a refusal says that it closes");
    }
    demand(reader.take_rest().empty(), "every answer is whole");
    demand(answered >= asked.size(), "every request is answered");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(http) {
    static Front front;
    Input input(bytes.substr(0, most_bytes));
    const std::size_t pause = std::size_t{input.byte()} * 4;
    const std::string_view sent = input.rest();
    const std::string_view first = sent.substr(0, pause);
    const std::string answers = front.exchange(first, sent.substr(first.size()));
    check_answers(answers, front.asked());
}
