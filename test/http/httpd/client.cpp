#include "client.hpp"

#include <algorithm>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>

namespace confcast::test {
namespace {

constexpr std::size_t any = 1;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t out = 0;
    for (const char c : bytes) out = out << 8U | static_cast<unsigned char>(c);
    return out;
}

}  // namespace

unsigned Frame::close_code() const {
    return opcode == 8 && payload.size() >= 2 ? static_cast<unsigned>(big_endian(payload.substr(0, 2))) : 0;
}

struct Client::Tls {
    Tls(Socket& socket, std::shared_ptr<asio::ssl::context> c) : context(std::move(c)), stream(socket, *context) {}
    std::shared_ptr<asio::ssl::context> context;
    asio::ssl::stream<Socket&> stream;
    bool begun = false;
};

Client::Client(Executor executor, std::uint16_t port, std::shared_ptr<asio::ssl::context> tls)
    : socket_(std::make_unique<Socket>(executor)) {
    socket_->connect({asio::ip::address_v4::loopback(), port});
    socket_->set_option(asio::ip::tcp::no_delay(true));
    if (tls) tls_ = std::make_unique<Tls>(*socket_, std::move(tls));
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&& other) noexcept {
    tls_ = std::move(other.tls_);
    socket_ = std::move(other.socket_);
    read_ = std::move(other.read_);
    truncated_ = other.truncated_;
    return *this;
}

std::uint16_t Client::port() const { return socket_->local_endpoint().port(); }
SSL* Client::native() { return tls_->stream.native_handle(); }

Awaitable<std::string> Client::shake_hands() {
    if (!tls_ || tls_->begun) co_return "";
    tls_->begun = true;
    const auto [ec] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (ec) socket_->close();
    co_return ec ? ec.message() : std::string();
}

Awaitable<> Client::send(std::string bytes) {
    [[maybe_unused]] const std::string problem = co_await shake_hands();
    if (tls_) {
        [[maybe_unused]] const auto [ec, n] = co_await asio::async_write(tls_->stream, asio::buffer(bytes), as_result);
    } else {
        [[maybe_unused]] const auto [ec, n] = co_await asio::async_write(*socket_, asio::buffer(bytes), as_result);
    }
}

Awaitable<> Client::send_last(std::string bytes) {
    [[maybe_unused]] const std::string problem = co_await shake_hands();
    SSL_write(native(), bytes.data(), static_cast<int>(bytes.size()));  // into memory, to leave with what follows
    [[maybe_unused]] const auto [ec] = co_await tls_->stream.async_shutdown(as_result);
}

std::size_t Client::read_now(asio::mutable_buffer into) {
    if (!tls_) return socket_->read_some(asio::buffer(into));
    boost::system::error_code ec;
    socket_->non_blocking(true);
    // A record whose rest the server has not sent yet cannot be waited for here.
    std::size_t total = 0;
    while (!ec && total < into.size()) total += tls_->stream.read_some(asio::buffer(into + total), ec);
    if (ec && ec != asio::error::would_block) throw boost::system::system_error(ec);
    return total;
}

Awaitable<bool> Client::fill(std::size_t wanted) {
    [[maybe_unused]] const std::string problem = co_await shake_hands();
    while (read_.size() < wanted) {
        const std::size_t had = read_.size();
        read_.resize(had + 65536);
        const auto room = asio::buffer(read_.data() + had, read_.size() - had);
        std::tuple<boost::system::error_code, std::size_t> result;
        if (tls_) {
            result = co_await tls_->stream.async_read_some(room, as_result);
        } else {
            result = co_await socket_->async_read_some(room, as_result);
        }
        const auto [ec, n] = result;
        read_.resize(had + n);
        truncated_ = tls_ && ec && ec != asio::error::eof;
        if (ec) co_return false;
    }
    co_return true;
}

Awaitable<Answer> Client::answer(bool head) {
    Answer out;
    std::size_t end = 0;
    while ((end = read_.find("\r\n\r\n")) == std::string::npos) {
        const bool more = co_await fill(read_.size() + any);
        if (!more) co_return out;
    }
    out.head = read_.substr(0, end + 4);
    read_.erase(0, end + 4);
    for (std::size_t at = out.head.find("\r\n") + 2; at < out.head.size() - 2;) {
        const auto line_end = out.head.find("\r\n", at);
        const auto line = out.head.substr(at, line_end - at);
        const auto colon = line.find(": ");
        out.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        at = line_end + 2;
    }
    const auto status = static_cast<unsigned>(std::atoi(out.head.c_str() + 9));
    const auto length = out.headers.count("content-length") != 0 && !head
                            ? static_cast<std::size_t>(std::atoll(out.headers["content-length"].c_str()))
                            : 0U;
    const bool whole = co_await fill(length);
    if (!whole) co_return out;
    out.body = read_.substr(0, length);
    read_.erase(0, length);
    out.status = status;
    co_return out;
}

Awaitable<std::string> Client::take(std::size_t size) {
    [[maybe_unused]] const bool whole = co_await fill(size);
    std::string out = read_.substr(0, size);
    read_.erase(0, size);
    co_return out;
}

Awaitable<std::string> Client::rest() {
    for (;;) {
        const bool more = co_await fill(read_.size() + any);
        if (!more) break;
    }
    co_return std::move(read_);
}

Awaitable<bool> Client::closed() {
    const bool more = co_await fill(any);
    co_return !more && read_.empty();
}

Awaitable<Answer> Client::upgrade(std::string path, std::string behind) {
    co_await send("GET " + path +
                  " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                  "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
                  behind);
    co_return co_await answer();
}

Awaitable<> Client::send_frame(unsigned opcode, std::string payload, bool fin) {
    co_await send(client_frame(opcode, payload, fin));
}

Awaitable<std::optional<Frame>> Client::frame() {
    bool there = co_await fill(2);
    if (!there) co_return std::nullopt;
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(read_[i]); };
    Frame out;
    out.fin = (byte(0) & 0x80U) != 0;
    out.opcode = byte(0) & 0x7FU;
    std::size_t length = byte(1);  // a server's frames are not masked
    std::size_t header = 2;
    if (length >= 126) {
        header = length == 126 ? 4 : 10;
        there = co_await fill(header);
        if (!there) co_return std::nullopt;
        length = big_endian(read_.substr(2, header - 2));
    }
    there = co_await fill(header + length);
    if (!there) co_return std::nullopt;
    out.payload = read_.substr(header, length);
    read_.erase(0, header + length);
    co_return out;
}

std::string client_frame(unsigned opcode, std::string_view payload, bool fin) {
    std::string out;
    out += static_cast<char>((fin ? 0x80U : 0U) | opcode);
    const std::uint64_t size = payload.size();
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out += static_cast<char>(0x80U | (length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U));
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFFU);
    constexpr std::string_view mask = "\x11\x22\x33\x44";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
    return out;
}

std::string close_payload(unsigned code, std::string_view reason) {
    std::string out;
    out += static_cast<char>(code >> 8U);
    out += static_cast<char>(code & 0xFFU);
    out += reason;
    return out;
}

}  // namespace confcast::test
