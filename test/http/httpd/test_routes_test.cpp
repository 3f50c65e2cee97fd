#include "confcast/http/test_routes.hpp"

#include "server_test.hpp"

namespace confcast::test {
namespace {

class TestRoutes : public ServerTest {};

TEST_F(TestRoutes, EchoHttpAndWebSocketOfAnySize) {
    http::Router router;
    if (!http::add_test_routes(router)) GTEST_SKIP() << "built without CONFCAST_TEST_ROUTES";
    handler = router.as_handler(render);
    start();
    const std::string text = exchange(
        "POST /test/echo?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: x/y\r\nContent-Length: "
        "5\r\n\r\nhello");
    EXPECT_TRUE(text.ends_with("\r\n\r\nhello")) << text;
    EXPECT_NE(text.find("Content-Type: x/y\r\n"), std::string::npos);
    EXPECT_NE(text.find("X-Test-Method: POST\r\n"), std::string::npos);
    EXPECT_NE(text.find("X-Test-Target: /test/echo?q\r\n"), std::string::npos);

    Client client = connect();
    EXPECT_EQ(run(client.upgrade("/test/echo")).status, 101U);
    for (const unsigned opcode : {1U, 2U}) {
        for (const std::size_t size : {0U, 10U, 70'000U, 16U << 20U}) {
            const std::string data(size, 'x');
            run(client.send_frame(opcode, data));
            const auto frame = run(client.frame());
            ASSERT_TRUE(frame.has_value());
            EXPECT_EQ(frame->opcode, opcode);
            EXPECT_EQ(frame->payload, data);
        }
    }
}

}  // namespace
}  // namespace confcast::test
