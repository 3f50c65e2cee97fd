#include "confcast/load/websocket.hpp"

#include <array>
#include <system_error>

namespace confcast::load {
namespace {

// A fixed key, the one of RFC 6455 section 1.3, makes the answer a constant.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept_for_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

}  // namespace

std::string upgrade_request(std::string_view target, const Headers& headers) {
    Headers all{{"Connection", "Upgrade"},
                {"Upgrade", "websocket"},
                {"Sec-WebSocket-Version", "13"},
                {"Sec-WebSocket-Key", std::string(key)}};
    all.insert(all.end(), headers.begin(), headers.end());
    return http_request("GET", target, all);
}

bool is_upgraded(const HttpResponse& response) {
    return response.status == 101 && response.header("Sec-WebSocket-Accept") == accept_for_key;
}

WebSocketClient::WebSocketClient(const Endpoint& endpoint, std::string_view target, const Headers& headers,
                                 int receive_buffer) {
    const auto deadline = Clock::now() + std::chrono::seconds{30};
    socket_ = Socket::connect(endpoint, std::chrono::seconds{30}, receive_buffer);
    socket_.write_all(upgrade_request(target, headers), deadline);

    ResponseReader reader;
    std::array<char, 16384> bytes;
    std::optional<HttpResponse> response;
    while (!(response = reader.next())) {
        const auto n = socket_.read_some(bytes);
        if (!n && !socket_.wait_readable(deadline)) throw std::runtime_error("no answer to the upgrade request");
        if (n == 0U) throw std::runtime_error("the server ended the connection instead of an upgrade");
        reader.feed({bytes.data(), n.value_or(0)});
    }
    if (!is_upgraded(*response)) throw UpgradeRefused(std::move(*response));
    frames_.feed(reader.take_rest(), [this](const Frame& frame) { on_frame(frame); });
}

std::optional<std::string> WebSocketClient::receive(std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    while (messages_.empty()) {
        if (ended_ || !socket_.wait_readable(deadline)) return std::nullopt;
        read_once();
    }
    auto message = std::move(messages_.front());
    messages_.pop_front();
    return message;
}

void WebSocketClient::send_raw(std::string_view bytes) {
    try {
        socket_.write_all(bytes, Clock::now() + std::chrono::seconds{10});
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::connection_reset) throw;
    }
}

void WebSocketClient::close(std::uint16_t code) {
    send_raw(client_frame(Opcode::close, close_payload(code)));
    const auto deadline = Clock::now() + std::chrono::seconds{10};
    while (!ended_ && socket_.wait_readable(deadline)) read_once();
    socket_.close();
}

void WebSocketClient::read_once() {
    std::array<char, 65536> bytes;
    const auto n = socket_.read_some(bytes);
    if (!n) return;
    if (*n == 0) {
        ended_ = true;
        if (close_code_ == 0) close_code_ = 1006;
        return;
    }
    frames_.feed({bytes.data(), *n}, [this](const Frame& frame) { on_frame(frame); });
}

void WebSocketClient::on_frame(const Frame& frame) {
    switch (frame.opcode) {
        case Opcode::text:
        case Opcode::binary:
        case Opcode::continuation:
            fragments_.append(frame.payload);
            if (frame.final) messages_.push_back(std::exchange(fragments_, {}));
            break;
        case Opcode::ping:
            send_raw(client_frame(Opcode::pong, frame.payload));
            break;
        case Opcode::pong:
            ++pongs_;
            break;
        case Opcode::close:
            close_code_ = 1005;
            if (frame.payload.size() >= 2) {
                close_code_ = static_cast<std::uint16_t>(static_cast<unsigned char>(frame.payload[0]) << 8U |
                                                         static_cast<unsigned char>(frame.payload[1]));
                close_reason_ = frame.payload.substr(2);
            }
            send_raw(client_frame(Opcode::close, frame.payload.substr(0, 2)));
            ended_ = true;
            break;
    }
}

}  // namespace confcast::load
