// The server without TLS that only says where the other one is.
#include "confcast/http/redirect.hpp"

#include <gtest/gtest.h>

#include "server_test.hpp"

namespace confcast::test {
namespace {

class Redirect : public ServerTest {
  protected:
    void start_redirect(std::uint16_t port) {
        start();
        *chain = http::make_redirect(port, render);
    }
    /// Where a request for `target` with these header lines is sent; the status when nowhere.
    std::string location(const std::string& target, const std::string& lines, const std::string& version = "1.1") {
        Client client = connect();
        run(client.send("GET " + target + " HTTP/" + version + "\r\n" + lines + "\r\n"));
        const Answer answer = run(client.answer());
        const auto found = answer.headers.find("location");
        if (answer.status != 308 || found == answer.headers.end()) return std::to_string(answer.status);
        return found->second;
    }
};

TEST_F(Redirect, KeepsTheHostAndTheTargetAndChangesThePort) {
    start_redirect(8443);
    EXPECT_EQ(location("/a/b%20c?d=e", "Host: example.org\r\n"), "https://example.org:8443/a/b%20c?d=e");
    EXPECT_EQ(location("/", "Host: example.org:8080\r\n"), "https://example.org:8443/");
    EXPECT_EQ(location("/", "Host: [::1]:8080\r\n"), "https://[::1]:8443/");
    EXPECT_EQ(location("/", "Host: 127.0.0.1\r\n"), "https://127.0.0.1:8443/");
}

TEST_F(Redirect, DoesNotNameTheUsualPort) {
    start_redirect(443);
    EXPECT_EQ(location("/a", "Host: example.org:80\r\n"), "https://example.org/a");
}

TEST_F(Redirect, LeadsNowhereButToTheHostThatWasAsked) {
    start_redirect(443);
    EXPECT_EQ(location("//evil.example/a", "Host: example.org\r\n"), "https://example.org//evil.example/a");
    for (const std::string host : {"", "a@evil.example", "a/b", "a b", "a%2eb", "evil.example?", "[::1", "[::1]x",
                                   "[x]", "a:b", "a:1:2", "\"", "[]"})
        EXPECT_EQ(location("/", "Host: " + host + "\r\n"), "400") << host;
    EXPECT_EQ(location("/", "", "1.0"), "400");
}

TEST_F(Redirect, AnswersEveryMethod) {
    start_redirect(8443);
    const std::string text = exchange("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    EXPECT_EQ(status_of(text), 308U);
    EXPECT_NE(text.find("\r\nLocation: https://a:8443/a\r\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace confcast::test
