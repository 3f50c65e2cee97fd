// HTTP/1.1 as a client speaks it: a request's bytes, a reader of responses that takes any split of the bytes, and a
// blocking connection for tools and tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "confcast/load/socket.hpp"

namespace confcast::load {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
    unsigned status = 0;
    Headers headers;
    std::string body;
    /// The first header of that name (any case); "" when there is none.
    std::string_view header(std::string_view name) const;
};

/// The bytes of a request. Host is added, and Content-Length when there is a body or the method is PUT or POST.
std::string http_request(std::string_view method, std::string_view target, const Headers& headers = {},
                         std::string_view body = {});

/// Bytes in, responses out. Throws std::runtime_error when the bytes are no HTTP response.
class ResponseReader {
  public:
    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// The next whole response, when it is there. `to_head`: it answers a HEAD, so no body follows.
    std::optional<HttpResponse> next(bool to_head = false);
    /// What was read behind the last response: the first bytes of a WebSocket after 101.
    std::string take_rest() { return std::exchange(buffer_, {}); }

  private:
    std::string buffer_;
};

/// One keep-alive connection; calls block. Connects at the first request, and again when the server has closed.
class HttpClient {
  public:
    explicit HttpClient(Endpoint endpoint, std::chrono::milliseconds limit = std::chrono::seconds{30})
        : endpoint_(std::move(endpoint)), limit_(limit) {}

    HttpResponse request(std::string_view method, std::string_view target, const Headers& headers = {},
                         std::string_view body = {});
    HttpResponse get(std::string_view target, const Headers& headers = {}) { return request("GET", target, headers); }
    HttpResponse put(std::string_view target, std::string_view body, const Headers& headers = {}) {
        return request("PUT", target, headers, body);
    }
    HttpResponse del(std::string_view target, const Headers& headers = {}) {
        return request("DELETE", target, headers);
    }

    /// Any bytes, as they are; for what a well-behaved client never sends, and for pipelining.
    void send(std::string_view bytes);
    /// The next response; std::runtime_error when the connection ends first or the time limit is over.
    HttpResponse receive(bool to_head = false);
    /// True when the server ends the connection (and sends nothing more) within the time limit.
    bool ends();
    void disconnect();

  private:
    bool read_more(Clock::time_point deadline);

    Endpoint endpoint_;
    std::chrono::milliseconds limit_;
    Socket socket_;
    ResponseReader reader_;
};

}  // namespace confcast::load
