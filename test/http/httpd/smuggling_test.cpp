// Whatever could make two readers disagree on where a message ends: refused, the connection closed, nothing of what
// came behind it served.
#include "server_test.hpp"

namespace confcast::test {
namespace {

class Smuggling : public ServerTest {
  protected:
    /// `bytes` are refused with 400 and what follows on the same connection is never served.
    void expect_refusal(const std::string& bytes) {
        const auto before = server->stats().requests;
        const std::string text = exchange(bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(status_of(text), 400U) << bytes;
        EXPECT_NE(text.find("\r\nConnection: close\r\n"), std::string::npos) << bytes;
        EXPECT_EQ(text.find("smuggled"), std::string::npos) << bytes;
        EXPECT_LE(server->stats().requests, before + 1) << bytes;
    }
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
};

TEST_F(Smuggling, LengthAndCoding) {
    start();
    expect_refusal(post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect_refusal(post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
    expect_refusal(post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n");
    expect_refusal(post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n");
    expect_refusal(post +
                   "Transfer-Encoding:\x0B"
                   "chunked\r\n\r\n0\r\n\r\n");
    expect_refusal(post + "Transfer-Encoding: cow, chunked\r\n\r\n0\r\n\r\n");
    expect_refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(Smuggling, TwoLengths) {
    start();
    expect_refusal(post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n");
    expect_refusal(post + "Content-Length: 0, 5\r\n\r\n");
    expect_refusal(post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_F(Smuggling, LineEnds) {
    start();
    expect_refusal(post + "X: a\n\r\n");
    expect_refusal(post + "X: a\r b\r\n\r\n");
    expect_refusal("POST / HTTP/1.1\nHost: a\n\n");
    expect_refusal(post + "X: a\r\n b\r\n\r\n");
    expect_refusal(post + "X: " + std::string(1, '\0') + "\r\n\r\n");
    expect_refusal("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST_F(Smuggling, Chunks) {
    start();
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    for (const std::string body : {"-1\r\n\r\n", "1\r\nxx\r\n0\r\n\r\n", "g\r\n", "1\nx\r\n0\r\n\r\n",
                                   "1 \r\nx\r\n0\r\n\r\n", "1\r\nx\n0\r\n\r\n", "10000000000000000\r\nx\r\n0\r\n\r\n",
                                   "1;\n\r\nx\r\n0\r\n\r\n", "0\r\nX : y\r\n\r\n", "0\r\n\n\r\n\r\n"})
        expect_refusal(chunked + body);
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += "1;" + std::string(200, 'e') + "\r\nx\r\n";
    expect_refusal(chunked + flood);
}

TEST_F(Smuggling, Trailers) {
    start();
    const std::string text = exchange(post +
                                      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nHost: b\r\nX-Evil: y\r\n\r\n"
                                      "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(text.find("POST / x"), std::string::npos);
    EXPECT_TRUE(text.ends_with("GET /next "));
}

TEST_F(Smuggling, OtherProtocols) {
    start();
    EXPECT_EQ(status_of(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), 505U);
    EXPECT_EQ(status_of(exchange("\x16\x03\x01\x02")), 400U);
    EXPECT_EQ(status_of(exchange("GET /\r\n")), 400U);
    EXPECT_EQ(status_of(exchange("GET / HTTP/1.2\r\nHost: a\r\n\r\n")), 505U);
    EXPECT_EQ(status_of(exchange("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")), 501U);
    EXPECT_EQ(status_of(exchange("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")), 501U);
    EXPECT_EQ(status_of(exchange("BREW / HTTP/1.1\r\nHost: a\r\n\r\n")), 501U);
}

}  // namespace
}  // namespace confcast::test
