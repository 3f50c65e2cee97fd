#include "confcast/http/test_routes.hpp"

#ifdef CONFCAST_TEST_ROUTES

#include <deque>
#include <memory>
#include <string>

#include "confcast/http/upgrade.hpp"
#include "confcast/http/websocket.hpp"
#include "frame_header.hpp"

namespace confcast::http {
namespace {

constexpr std::size_t largest_message = 16U << 20U;
constexpr std::size_t largest_backlog = 4 * largest_message;

/// Sends back what comes. A conformance suite wants every message, so this one does keep a queue.
class Echo final : public WebSocketEvents {
  public:
    explicit Echo(WebSocket& socket) : socket_(socket) {}

    void on_message(std::string_view data, bool binary) override {
        backlog_ += data.size();
        if (backlog_ > largest_backlog) {
            socket_.abort();
            return;
        }
        std::string frame = frame_header(binary ? FrameKind::binary : FrameKind::text, data.size());
        frame += data;
        waiting_.push_back(std::move(frame));
        write();
    }
    void on_written() override {
        backlog_ = 0;
        for (const std::string& frame : waiting_) backlog_ += frame.size();
        writing_.clear();
        write();
    }

  private:
    void write() {
        if (!writing_.empty() || waiting_.empty()) return;
        writing_.swap(waiting_);
        std::vector<std::string_view> frames(writing_.begin(), writing_.end());
        if (!socket_.write_frames(frames)) return;
        writing_.clear();
        backlog_ = 0;
    }

    WebSocket& socket_;
    std::deque<std::string> waiting_;
    std::deque<std::string> writing_;
    std::size_t backlog_ = 0;
};

std::unique_ptr<WebSocketEvents> make_echo(WebSocket& socket) { return std::make_unique<Echo>(socket); }

Awaitable<Response> answer_echo(Context& context) {
    Response response;
    if (wants_upgrade(context.request)) {
        response.upgrade = make_echo;
        response.websocket_message_limit = largest_message;
        co_return response;
    }
    response.set("Content-Type", std::string(context.request.header("Content-Type").value_or("text/plain")));
    response.set("X-Test-Method", std::string(to_string(context.request.method)));
    response.set("X-Test-Target", std::string(context.request.target));
    response.body = context.request.body;
    co_return response;
}

}  // namespace

bool add_test_routes(Router& router) {
    for (const Method method :
         {Method::get, Method::head, Method::post, Method::put, Method::del, Method::options, Method::patch})
        router.add(method, "/test/echo", answer_echo);
    return true;
}

}  // namespace confcast::http

#else

namespace confcast::http {

bool add_test_routes(Router&) { return false; }

}  // namespace confcast::http

#endif
