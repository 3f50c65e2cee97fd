#include "confcast/load/http.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace confcast::load {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t number_in(std::string_view text, int base) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end == text.data()) throw std::runtime_error("not an HTTP response: bad length");
    return number;
}

/// The body of a chunked message that begins at `at`; nullopt when it is not all there. `at` moves behind it.
std::optional<std::string> chunked_body(std::string_view bytes, std::size_t& at) {
    std::string body;
    auto position = at;
    for (;;) {
        const auto line_end = bytes.find("\r\n", position);
        if (line_end == std::string_view::npos) return std::nullopt;
        const auto size = number_in(bytes.substr(position, line_end - position), 16);
        position = line_end + 2;
        if (bytes.size() < position + size + 2) return std::nullopt;
        body.append(bytes, position, size);
        position += size + 2;
        if (size == 0) break;
    }
    at = position;
    return body;
}

HttpResponse parse_head(std::string_view head) {
    HttpResponse response;
    if (!head.starts_with("HTTP/1.") || head.size() < 12) throw std::runtime_error("not an HTTP response");
    response.status = static_cast<unsigned>(number_in(head.substr(9, 3), 10));
    for (auto line_start = head.find("\r\n"); line_start != std::string_view::npos;) {
        line_start += 2;
        const auto line_end = head.find("\r\n", line_start);
        const auto line =
            head.substr(line_start, line_end == std::string_view::npos ? line_end : line_end - line_start);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos) {
            auto value = line.substr(colon + 1);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            response.headers.emplace_back(line.substr(0, colon), value);
        }
        line_start = line_end;
    }
    return response;
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const auto& each) { return same_name(each.first, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string http_request(std::string_view method, std::string_view target, const Headers& headers,
                         std::string_view body) {
    std::string bytes;
    bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    for (const auto& [name, value] : headers) bytes.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty() || method == "PUT" || method == "POST")
        bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return bytes.append("\r\n").append(body);
}

std::optional<HttpResponse> ResponseReader::next(bool to_head) {
    for (;;) {
        const auto head_end = buffer_.find("\r\n\r\n");
        if (head_end == std::string::npos) return std::nullopt;
        auto response = parse_head(std::string_view(buffer_).substr(0, head_end));
        auto at = head_end + 4;
        const bool no_body = to_head || response.status / 100 == 1 || response.status == 204 || response.status == 304;
        if (!no_body && same_name(response.header("Transfer-Encoding"), "chunked")) {
            auto body = chunked_body(buffer_, at);
            if (!body) return std::nullopt;
            response.body = std::move(*body);
        } else if (const auto length = response.header("Content-Length"); !no_body && !length.empty()) {
            const auto size = number_in(length, 10);
            if (buffer_.size() < at + size) return std::nullopt;
            response.body = buffer_.substr(at, size);
            at += size;
        }
        buffer_.erase(0, at);
        if (response.status != 100) return response;
    }
}

HttpResponse HttpClient::request(std::string_view method, std::string_view target, const Headers& headers,
                                 std::string_view body) {
    const auto bytes = http_request(method, target, headers, body);
    const bool fresh = !socket_.is_open();
    send(bytes);
    try {
        return receive(method == "HEAD");
    } catch (const std::runtime_error&) {
        // A kept connection may have been closed by the server while it was idle; a fresh one may not.
        if (fresh || socket_.is_open()) throw;
    }
    send(bytes);
    return receive(method == "HEAD");
}

void HttpClient::send(std::string_view bytes) {
    if (!socket_.is_open()) {
        socket_ = Socket::connect(endpoint_, limit_);
        reader_ = {};
    }
    try {
        socket_.write_all(bytes, Clock::now() + limit_);
    } catch (const std::system_error& error) {
        // The server may refuse before it has read all: its answer is still to be read.
        if (error.code() != std::errc::connection_reset) throw;
    }
}

HttpResponse HttpClient::receive(bool to_head) {
    const auto deadline = Clock::now() + limit_;
    for (;;) {
        if (auto response = reader_.next(to_head)) {
            if (same_name(response->header("Connection"), "close")) disconnect();
            return std::move(*response);
        }
        if (!socket_.is_open()) throw std::runtime_error("the server has closed the connection");
        if (!read_more(deadline)) {
            disconnect();
            throw std::runtime_error("the server ended the connection without an answer");
        }
    }
}

bool HttpClient::ends() {
    if (!socket_.is_open()) return true;
    try {
        return !read_more(Clock::now() + limit_);
    } catch (const std::runtime_error&) {
        return false;
    }
}

void HttpClient::disconnect() {
    socket_.close();
    reader_ = {};
}

bool HttpClient::read_more(Clock::time_point deadline) {
    std::array<char, 65536> bytes;
    for (;;) {
        const auto n = socket_.read_some(bytes);
        if (n) {
            reader_.feed({bytes.data(), *n});
            return *n > 0;
        }
        if (!socket_.wait_readable(deadline)) throw std::runtime_error("no answer in time");
    }
}

}  // namespace confcast::load
