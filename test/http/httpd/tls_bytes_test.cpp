// Bytes over TLS when the peer is slow, and the end of them: nothing lost, nothing twice, and a whole answer told from
// one that was cut.
#include "stream_fixture.hpp"
#include "tls_fixture.hpp"

namespace confcast::test {
namespace {

/// Bytes of which no two pieces are alike.
std::string pattern(std::size_t size) {
    std::string out(size, '\0');
    std::uint32_t state = 1;
    for (char& c : out) {
        state = state * 1'664'525U + 1'013'904'223U;
        c = static_cast<char>(state >> 24U);
    }
    return out;
}

class TlsBytes : public TlsTest {
  protected:
    void answer_with(std::string body, bool close = false) {
        handler = [body = std::make_shared<const std::string>(std::move(body)), close](http::Context&) {
            return answer(body, close);
        };
    }
    static Awaitable<http::Response> answer(std::shared_ptr<const std::string> body, bool close) {
        http::Response response;
        response.body = std::move(body);
        response.close = close;
        co_return response;
    }
    const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
};

TEST_F(TlsBytes, AreWholeForAReaderThatIsSlow) {
    const std::string body = pattern(16U << 20U);
    answer_with(body);
    start();
    Client client = connect();
    client.socket().set_option(asio::socket_base::receive_buffer_size(256 << 10));
    run(client.send(get + get));
    settle();
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(run(client.answer()).body == body);
    EXPECT_GT(server->stats().bytes_sent, 2 * body.size());
    EXPECT_LT(server->stats().bytes_sent, 2 * body.size() + 1000) << "what is counted is what was to be sent";
}

TEST_F(TlsBytes, OfOneAnswerTakeFewRecords) {
    answer_with(std::string(10'000, 'x'));
    start();
    Client client = connect();
    unsigned records = 0;
    run(client.shake_hands());
    SSL_set_msg_callback_arg(client.native(), &records);
    SSL_set_msg_callback(client.native(),
                         [](int writing, int, int type, const void* bytes, std::size_t, SSL*, void* count) {
                             const bool data = type == SSL3_RT_HEADER && static_cast<const char*>(bytes)[0] == 23;
                             if (writing == 0 && data) ++*static_cast<unsigned*>(count);
                         });
    run(client.send(get));
    EXPECT_EQ(run(client.answer()).body.size(), 10'000U);
    EXPECT_EQ(records, 3U) << "two tickets, and head and body in one";
}

TEST_F(TlsBytes, OfAnAnswerThatEndsTheConnectionEndWithAWord) {
    answer_with("all of it", true);
    start();
    Client client = connect();
    run(client.send(get));
    EXPECT_EQ(run(client.answer()).body, "all of it");
    EXPECT_TRUE(run(client.closed()));
    EXPECT_FALSE(client.was_truncated());
}

TEST_F(TlsBytes, OfAConnectionThatWasAskedToCloseEndWithAWord) {
    start();
    Client client = connect();
    run(client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(run(client.answer()).status, 200U);
    EXPECT_TRUE(run(client.closed()));
    EXPECT_FALSE(client.was_truncated());
}

TEST_F(TlsBytes, OfAnIdleConnectionEndWithAWord) {
    start();
    Client client = connect();
    EXPECT_EQ(ask(client), secure);
    settle();
    pass(options.idle_timeout);
    EXPECT_TRUE(run(client.closed()));
    EXPECT_FALSE(client.was_truncated());
}

TEST_F(TlsBytes, OfARefusedRequestEndWithAWord) {
    start();
    Client client = connect();
    run(client.send("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(run(client.answer()).status, 501U);
    EXPECT_TRUE(run(client.closed()));
    EXPECT_FALSE(client.was_truncated());
}

TEST_F(TlsBytes, OfAClientThatIsCutShortAreNoRequest) {
    start();
    Client client = connect();
    run(client.send("POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"));
    settle();
    client.socket().close();  // without close_notify
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_EQ(server->stats().requests, 1U) << "begun, and not answered";
}

class TlsStreams : public StreamTest {
  protected:
    TlsStreams() {
        if (!is_secure()) use_tls();
    }
};

TEST_F(TlsStreams, ThatAreClosedEndWithAWordThoughTheClientIsSlow) {
    start();
    Client client = connect();
    client.socket().set_option(asio::socket_base::receive_buffer_size(256 << 10));
    run(client.send("GET /stream HTTP/1.0\r\n\r\n"));
    run(client.answer());
    run(until([this] { return user.running; }));
    const std::string body = pattern(4U << 20U);
    user.write(body);
    user.stream->close();
    settle();
    EXPECT_TRUE(run(client.rest()) == body);
    EXPECT_FALSE(client.was_truncated());
    client.socket().close();
    expect_ended();
}

// It is with OpenSSL already when the stream begins: the socket has nothing more to tell.
TEST_F(TlsStreams, SeeAnEndThatCameWithTheRequest) {
    start();
    Client client = connect();
    run(client.send_last("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    run(until([this] { return server->stats().streams_begun == 1; }));
    expect_ended();
}

// Who reads less than a record at a time is seen to get on: what the kernel has of a record counts with it.
TEST_F(TlsStreams, AreNeverSeenToBeTakenBack) {
    start();
    Client client = open("GET /stream HTTP/1.0\r\n\r\n");
    user.write(large());
    settle();
    constexpr std::uint64_t around_records = 2'000;  // headers and tags: they come and go with their records
    std::string raw(20'000, ' ');
    std::uint64_t before = 0;
    for (int i = 0; i < 500; ++i) {
        client.socket().read_some(asio::buffer(raw));
        settle();
        const std::uint64_t now = user.stream->bytes_accepted();
        ASSERT_GE(now + around_records, before) << i;
        before = std::max(before, now);
    }
    EXPECT_GT(before, 4'000'000U) << "nothing was taken: the test tests nothing";
    client.socket().close();
    expect_ended();
}

TEST_F(TlsStreams, ThatAreCutAreSeenToBe) {
    start();
    Client client = open("GET /stream HTTP/1.0\r\n\r\n");
    user.write("half of it");
    settle();
    user.stream->abort();
    EXPECT_EQ(run(client.rest()), "half of it");
    EXPECT_TRUE(client.was_truncated());
    expect_ended();
}

TEST_F(TlsStreams, SurviveAReload) {
    start();
    Client client = open("GET /stream HTTP/1.0\r\n\r\n");
    authority->issue("server", {"renewed", {"DNS:localhost"}});
    const auto renewed = http::TlsContext::load(tls_options, SystemClock().wall());
    ASSERT_TRUE(renewed);
    server->set_tls(*renewed);
    user.write("after it");
    EXPECT_EQ(run(client.take(8)), "after it");
}

}  // namespace
}  // namespace confcast::test
