// A WebSocket that takes everything at once and keeps it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <memory>
#include <string>
#include <vector>

#include "confcast/http/message.hpp"
#include "confcast/http/websocket.hpp"

namespace confcast::api {

/// The payload of an unmasked final text frame (RFC 6455, 5.2).
inline std::string payload_of(std::string_view frame) {
    const auto length = static_cast<unsigned char>(frame[1]);
    return std::string(frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10));
}

class FakeSocket final : public http::WebSocket {
  public:
    explicit FakeSocket(asio::io_context& io) : io_(io) {}

    /// As a server does after its 101.
    void open(const http::WebSocketHandler& handler) {
        user_ = handler(*this);
        events = user_.get();
        if (events == nullptr) end();
    }
    /// Says later that a write is done, though nothing kept it from being so at once.
    bool write_frames(std::span<const std::string_view> frames) override {
        for (const std::string_view frame : frames) messages.push_back(payload_of(frame));
        ++writes;
        if (at_once) return true;
        if (!held) post_written();
        return false;
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
        asio::post(io_, [this] {
            events = nullptr;
            user_.reset();
            gone = true;
        });
    }
    boost::json::object json(std::size_t index) const { return boost::json::parse(messages.at(index)).as_object(); }
    std::string type(std::size_t index) const { return boost::json::value_to<std::string>(json(index).at("type")); }

    std::vector<std::string> messages;
    http::WebSocketEvents* events = nullptr;
    std::size_t writes = 0;
    bool held = false;     // no on_written
    bool at_once = false;  // a write is done when it returns
    bool gone = false;     // and its user with it
    bool closed = false;
    std::uint16_t close_code = 0;

  private:
    void post_written() {
        asio::post(io_, [this] {
            if (events != nullptr) events->on_written();
        });
    }
    asio::io_context& io_;
    std::unique_ptr<http::WebSocketEvents> user_;
};

}  // namespace confcast::api
