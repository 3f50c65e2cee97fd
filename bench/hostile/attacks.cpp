#include "attacks.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "confcast/load/http.hpp"
#include "confcast/load/websocket.hpp"
#include "deflate_bomb.hpp"

namespace confcast::hostile {
namespace {

std::string bad_request(std::size_t n) {
    static const std::array<std::string, 12> all{
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "BREW /config/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /" + std::string(5'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT /config/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "PUT /config/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "PUT /config/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(9'000, 'b') + "\r\n\r\n",
        "PUT /config/a HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\na",
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)};
    return all[n % all.size()];
}

std::string random_bytes(std::size_t n, std::size_t size) {
    std::mt19937 random(static_cast<unsigned>(n));
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
}

std::string garbage_frames(std::size_t n) {
    using load::client_frame;
    using load::Opcode;
    using namespace std::string_literals;
    switch (n % 8) {
        case 0:
            return "\x81\x05hello"s;  // not masked
        case 1:
            return "\xf1\x80\0\0\0\0"s;  // reserved bits
        case 2:
            return "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s;  // longer than there is memory
        case 3:
            return client_frame(Opcode::text, "\xff\xfe\xc0"s);
        case 4: {  // fragments without end
            std::string frames = client_frame(Opcode::text, std::string(1'000, 'a'), false);
            for (int i = 0; i < 100; ++i) frames += client_frame(Opcode::continuation, std::string(1'000, 'a'), false);
            return frames;
        }
        case 5:
            return "\x83\x80\0\0\0\0"s;  // an opcode that is none
        case 6: {                        // good frames, bad messages
            std::string frames;
            for (int i = 0; i < 100; ++i) frames += client_frame(Opcode::text, "{\"type\":");
            return frames;
        }
        default:
            return random_bytes(n, 2'000);
    }
}

std::string bomb_greeting(std::size_t n) {
    static const std::string gzip = gzip_bomb(2'000);
    switch (n % 4) {
        case 0:
        case 1:
            return load::upgrade_request("/api/v1/watch?key=hostile/none",
                                         {{"Sec-WebSocket-Extensions",
                                           "permessage-deflate; client_max_window_bits; server_max_window_bits=15"}});
        case 2:
            return load::http_request(
                "PUT", "/config/hostile/bomb" + std::to_string(n % 8),
                {{"Content-Type", "application/octet-stream"}, {"Content-Encoding", "gzip"}, {"Connection", "close"}},
                gzip);
        default:
            return "PUT /config/hostile/huge HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: "
                   "2147483648\r\n\r\n" +
                   std::string(64'000, 'x');
    }
}

/// A frame with RSV1, as if compression had been agreed, or one of 2 GiB.
std::string bomb_frame(std::size_t n) {
    if (n % 4 > 1) return {};
    std::string frame = load::client_frame(load::Opcode::text, deflate_bomb(60'000));
    if (n % 4 == 0) {
        frame.front() = static_cast<char>(static_cast<unsigned char>(frame.front()) | 0x40U);
        return frame;
    }
    return std::string("\x82\xff\0\0\0\0\x80\0\0\0\1\2\3\4", 14) + std::string(60'000, 'x');
}

std::string no_client_hello(std::size_t n) {
    switch (n % 3) {
        case 0:
            return {};  // says nothing
        case 1:
            return random_bytes(n, 600);
        default:  // announces a ClientHello and stops
            return std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + random_bytes(n, 100);
    }
}

}  // namespace

std::vector<Plan> plans(double scale) {
    const auto times = [scale](std::size_t n) {
        return std::max<std::size_t>(8, static_cast<std::size_t>(static_cast<double>(n) * scale));
    };
    const auto half_a_head = [](std::size_t) { return std::string("GET /config/a HTTP/1.1\r\nHost: x\r\nX-Slow: "); };
    const auto upgrade = [](std::size_t) { return load::upgrade_request("/api/v1/watch?key=hostile/none"); };
    return {{.name = "slowloris", .connections = times(2'000), .greeting = half_a_head, .drip = 'x'},
            {.name = "flood", .connections = 64, .most = times(100'000), .greeting = bad_request},
            {.name = "garbage", .connections = times(1'000), .greeting = upgrade, .after_answer = garbage_frames},
            {.name = "bomb", .connections = times(64), .greeting = bomb_greeting, .after_answer = bomb_frame},
            {.name = "tls",
             .connections = times(500),
             .greeting = no_client_hello,
             .tls = true,
             .handshakes = static_cast<unsigned>(times(200))}};
}

}  // namespace confcast::hostile
