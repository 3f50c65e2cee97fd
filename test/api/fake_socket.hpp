// A WebSocket that takes everything at once and keeps it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <string>
#include <vector>

#include "confcast/base/notifier.hpp"
#include "confcast/http/websocket.hpp"

namespace confcast::api {

/// The payload of an unmasked final text frame (RFC 6455, 5.2).
inline std::string payload_of(std::string_view frame) {
    const auto length = static_cast<unsigned char>(frame[1]);
    return std::string(frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10));
}

class FakeSocket final : public http::WebSocket {
  public:
    explicit FakeSocket(asio::io_context& io) : io_(io), gone_(io.get_executor()) {}

    Awaitable<> run(http::WebSocketEvents& listener) override {
        events = &listener;
        if (pending_) post_written();
        while (!ended_) co_await gone_.wait();
        events = nullptr;
    }
    void write_frames(std::span<const std::string_view> frames) override {
        for (const std::string_view frame : frames) messages.push_back(payload_of(frame));
        ++writes;
        if (held) return;
        if (events == nullptr) {
            pending_ = true;
        } else {
            post_written();
        }
    }
    void close(std::uint16_t code, std::string_view) override {
        if (!closed) close_code = code;
        closed = true;
        end();
    }
    void abort() override { end(); }
    std::uint64_t bytes_accepted() const override { return 0; }
    std::string_view remote() const override { return "127.0.0.1:1"; }

    void end() {
        ended_ = true;
        asio::post(io_, [this] { gone_.notify_all(); });
    }
    boost::json::object json(std::size_t index) const { return boost::json::parse(messages.at(index)).as_object(); }
    std::string type(std::size_t index) const { return boost::json::value_to<std::string>(json(index).at("type")); }

    std::vector<std::string> messages;
    http::WebSocketEvents* events = nullptr;
    std::size_t writes = 0;
    bool held = false;  // no on_written
    bool closed = false;
    std::uint16_t close_code = 0;

  private:
    void post_written() {
        pending_ = false;
        asio::post(io_, [this] {
            if (events != nullptr) events->on_written();
        });
    }
    asio::io_context& io_;
    Notifier gone_;
    bool pending_ = false;
    bool ended_ = false;
};

}  // namespace confcast::api
