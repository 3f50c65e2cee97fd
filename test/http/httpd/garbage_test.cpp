// Ten thousand broken requests, and the next good one is served.
#include <random>

#include "gate.hpp"
#include "head_parser.hpp"
#include "server_test.hpp"

namespace confcast::test {
namespace {

const std::vector<std::string>& seeds() {
    static const std::vector<std::string> all = {
        "GET /a?b=c HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\nUser-Agent: x/1\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "GET http://a/b HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\nExpect: 100-continue\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"};
    return all;
}

std::string mutate(std::mt19937& random) {
    static const std::string interesting(
        "\r\n\0 \t:,;#\\%\x7F\xFF"
        "09afHTP/1.",
        24);
    std::string bytes = seeds()[random() % seeds().size()];
    const unsigned times = 1 + static_cast<unsigned>(random() % 5);
    for (unsigned i = 0; i < times && !bytes.empty(); ++i) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 6) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes[at] = interesting[random() % interesting.size()];
                break;
            case 2:
                bytes.insert(at, 1, interesting[random() % interesting.size()]);
                break;
            case 3:
                bytes.erase(at, 1 + random() % 8);
                break;
            case 4:
                bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 40));
                break;
            default:
                bytes.resize(at);
                break;
        }
    }
    return bytes;
}

class Garbage : public ServerTest {};

Awaitable<> throw_at(Client client, std::string bytes) {
    co_await client.send(std::move(bytes));
    client.socket().shutdown(asio::socket_base::shutdown_send);
    [[maybe_unused]] const std::string answer = co_await client.rest();
}

TEST_F(Garbage, NeverEndsTheServer) {
    start();
    std::mt19937 random(20'240);
    const unsigned rounds = is_secure() ? 1'000 : 10'000;  // a handshake costs more than a request
    for (unsigned i = 0; i < rounds; ++i) {
        std::string bytes = mutate(random);
        if (random() % 3 == 0) bytes += mutate(random);
        run(throw_at(connect(), std::move(bytes)));
        if (i % 1000 == 0) expect_service();
    }
    expect_service();
    EXPECT_GT(server->stats().bad_requests, rounds / 10 * 3);
    EXPECT_GT(server->stats().requests, rounds / 20);
    EXPECT_TRUE(log.errors.empty());
}

// The gate's facts and Beast's agree on everything that decides where a request ends.
TEST(GateAndParser, Agree) {
    std::mt19937 random(11);
    unsigned passed = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::string bytes = mutate(random);
        const auto end = bytes.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        const std::string head = bytes.substr(0, end + 4);
        const auto facts = http::pass_gate(head, 4096);
        if (!facts) continue;
        ++passed;
        std::vector<http::Header> headers;
        std::string body;
        http::HeadParser parser(headers, body);
        if (!parser.parse_head(head)) continue;  // stricter than the gate: refused as well
        ASSERT_EQ(parser.chunked(), facts->chunked) << head;
        ASSERT_EQ(parser.content_length().has_value(), facts->content_length.has_value()) << head;
        if (facts->content_length) ASSERT_EQ(*parser.content_length(), *facts->content_length) << head;
        if (facts->keep_alive) ASSERT_TRUE(parser.keep_alive()) << head;
    }
    EXPECT_GT(passed, 10'000U);
}

}  // namespace
}  // namespace confcast::test
