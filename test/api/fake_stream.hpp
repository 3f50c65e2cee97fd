// A body without an end that takes everything at once and keeps it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <vector>

#include "confcast/base/notifier.hpp"
#include "confcast/http/byte_stream.hpp"

namespace confcast::api {

class FakeStream final : public http::ByteStream {
  public:
    explicit FakeStream(asio::io_context& io) : io_(io), gone_(io.get_executor()) {}

    Awaitable<> run(http::ByteStreamEvents& listener) override {
        events = &listener;
        if (pending_) post_written();
        while (!ended_) co_await gone_.wait();
        events = nullptr;
    }
    void keep_alive(std::string_view bytes) override { alive = bytes; }
    bool write(std::span<const std::string_view> pieces) override {
        if (closed) return false;
        std::string& all = writes.emplace_back();
        for (const std::string_view piece : pieces) all += piece;
        if (held) return false;
        if (events == nullptr) {
            pending_ = true;
        } else {
            post_written();
        }
        return false;
    }
    void close() override {
        closed = true;
        end();
    }
    void abort() override {
        aborted = true;
        end();
    }
    std::uint64_t bytes_accepted() const override { return 0; }
    std::string_view remote() const override { return peer; }

    void end() {
        ended_ = true;
        asio::post(io_, [this] { gone_.notify_all(); });
    }
    /// Everything written since the last call.
    std::string take() {
        std::string all;
        for (const std::string& each : writes) all += each;
        writes.clear();
        return all;
    }

    std::vector<std::string> writes;
    http::ByteStreamEvents* events = nullptr;
    std::string alive;
    std::string peer = "127.0.0.1:1";
    bool held = false;  // no on_written
    bool closed = false;
    bool aborted = false;

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
