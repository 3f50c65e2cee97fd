// A server that does as it is told, on a free port of the loopback, on the test's own loop.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <vector>

#include "confcast/base/async.hpp"

namespace confcast::client::test {

class ScriptedServer {
  public:
    /// `answer`: the bytes for each request; "" = none ever; "-" = the connection is closed.
    ScriptedServer(asio::io_context& io, std::string answer)
        : state_(std::make_shared<State>(io.get_executor(), std::move(answer))) {
        asio::co_spawn(io, accept(state_), asio::detached);
    }
    ~ScriptedServer() { close(); }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(state_->port); }
    /// The heads of the requests that came.
    const std::vector<std::string>& requests() const { return state_->requests; }
    std::size_t connections() const { return state_->connections; }
    void close() {
        state_->acceptor.close();
        for (auto& socket : state_->sockets)
            if (const auto open = socket.lock()) open->close();
    }

    /// An answer that keeps the connection.
    static std::string http(unsigned status, const std::string& body) {
        return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

  private:
    using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
    struct State {
        State(Executor executor, std::string a)
            : acceptor(executor, {asio::ip::address_v4::loopback(), 0}),
              answer(std::move(a)),
              port(acceptor.local_endpoint().port()) {}
        Acceptor acceptor;
        std::string answer;
        std::uint16_t port;
        std::vector<std::string> requests{};
        std::size_t connections = 0;
        std::vector<std::weak_ptr<Socket>> sockets{};
    };

    static Awaitable<> accept(std::shared_ptr<State> state) {
        for (;;) {
            auto socket = std::make_shared<Socket>(state->acceptor.get_executor());
            const auto [error] = co_await state->acceptor.async_accept(*socket, as_result);
            if (error) co_return;
            ++state->connections;
            state->sockets.push_back(socket);
            asio::co_spawn(state->acceptor.get_executor(), serve(state, socket), asio::detached);
        }
    }
    static Awaitable<> serve(std::shared_ptr<State> state, std::shared_ptr<Socket> socket) {
        std::string buffer;
        for (;;) {
            const auto [error, size] =
                co_await asio::async_read_until(*socket, asio::dynamic_buffer(buffer), "\r\n\r\n", as_result);
            if (error) co_return;
            state->requests.push_back(buffer.substr(0, size));
            buffer.clear();
            if (state->answer == "-") co_return;
            if (state->answer.empty()) continue;
            const auto [broken, sent] = co_await asio::async_write(*socket, asio::buffer(state->answer), as_result);
            if (broken) co_return;
        }
    }

    std::shared_ptr<State> state_;
};

}  // namespace confcast::client::test
