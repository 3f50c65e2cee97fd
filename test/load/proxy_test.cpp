// The proxy that the tests with faults put between a server and its store.
#include "confcast/test/proxy.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "confcast/load/socket.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;
using load::Clock;
using load::Socket;

constexpr auto soon = 20s;       // what must happen, does within this
constexpr auto a_while = 150ms;  // what must not happen, would have within this

/// What the proxy leads to.
class Target {
  public:
    Target() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_.fd(), raw, size), 0);
        EXPECT_EQ(::listen(listener_.fd(), 8), 0);
        ::getsockname(listener_.fd(), raw, &size);
        port_ = ntohs(address.sin_port);
    }
    std::uint16_t port() const { return port_; }
    Socket accept() { return Socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); }
    void stop_listening() { listener_.close(); }

  private:
    Socket listener_;
    std::uint16_t port_ = 0;
};

/// The next bytes; "end" when there are no more; "" when nothing comes.
std::string read_from(Socket& socket, std::chrono::milliseconds limit = soon) {
    std::array<char, 1024> bytes;
    if (!socket.wait_readable(Clock::now() + limit)) return "";
    const auto n = socket.read_some(bytes);
    if (!n) return "";
    return *n == 0 ? "end" : std::string(bytes.data(), *n);
}
void write_to(Socket& socket, std::string_view text) { socket.write_all(text, Clock::now() + soon); }

class ProxyTest : public testing::Test {
  protected:
    /// A connection through the proxy, both its ends.
    std::pair<Socket, Socket> connected() {
        auto client = Socket::connect({"127.0.0.1", proxy.port()});
        auto server = target.accept();
        return {std::move(client), std::move(server)};
    }
    /// What comes from a proxy that ends the connection, which a client may see before it sees it begin.
    std::string connect_and_read() const {
        try {
            auto client = Socket::connect({"127.0.0.1", proxy.port()});
            return read_from(client);
        } catch (const std::system_error& error) {
            if (error.code() != std::errc::connection_reset) throw;
            return "end";
        }
    }
    Target target;
    Proxy proxy{target.port()};
};

TEST_F(ProxyTest, CarriesBothWays) {
    auto [client, server] = connected();
    write_to(client, "question");
    EXPECT_EQ(read_from(server), "question");
    write_to(server, "answer");
    EXPECT_EQ(read_from(client), "answer");
    EXPECT_EQ(proxy.connections(), 1U);
}

TEST_F(ProxyTest, CarriesTheEndOfEachWay) {
    auto [client, server] = connected();
    ::shutdown(client.fd(), SHUT_WR);
    EXPECT_EQ(read_from(server), "end");
    write_to(server, "answer");
    server.close();
    EXPECT_EQ(read_from(client), "answer");
    EXPECT_EQ(read_from(client), "end");
}

TEST_F(ProxyTest, CarriesMoreThanFitsAnywhere) {
    auto [client, server] = connected();
    const std::string much(8U << 20U, 'x');
    std::size_t got = 0;
    std::string_view rest = much;
    std::array<char, 65'536> bytes;
    while (got < much.size()) {
        if (!rest.empty()) rest.remove_prefix(client.write_some(rest).value_or(0));
        ASSERT_TRUE(server.wait_readable(Clock::now() + soon));
        got += server.read_some(bytes).value_or(0);
    }
    EXPECT_EQ(got, much.size());
}

TEST_F(ProxyTest, CutEndsBothSidesAndLetsNewOnesIn) {
    auto [client, server] = connected();
    proxy.cut();
    EXPECT_EQ(proxy.connections(), 0U);
    EXPECT_EQ(read_from(client), "end");
    EXPECT_EQ(read_from(server), "end");
    auto [again, other] = connected();
    write_to(again, "hello");
    EXPECT_EQ(read_from(other), "hello");
    EXPECT_EQ(proxy.accepted(), 2U);
}

TEST_F(ProxyTest, StallCarriesNothingAndClosesNothing) {
    auto [client, server] = connected();
    proxy.stall(true);
    write_to(client, "later");
    EXPECT_EQ(read_from(server, a_while), "");
    client.close();
    EXPECT_EQ(read_from(server, a_while), "") << "not even the end";
    proxy.stall(false);
    EXPECT_EQ(read_from(server), "later");
    EXPECT_EQ(read_from(server), "end");
}

TEST_F(ProxyTest, StallHoldsNewConnectionsToo) {
    proxy.stall(true);
    auto [client, server] = connected();
    write_to(client, "later");
    EXPECT_EQ(read_from(server, a_while), "");
    proxy.stall(false);
    EXPECT_EQ(read_from(server), "later");
}

TEST_F(ProxyTest, DelayHoldsEachByteForItsTime) {
    auto [client, server] = connected();
    proxy.delay(300ms);
    const auto began = Clock::now();
    write_to(client, "slow");
    EXPECT_EQ(read_from(server), "slow");
    EXPECT_GE(Clock::now() - began, 300ms);
    proxy.delay(0ms);
    write_to(client, "quick");
    EXPECT_EQ(read_from(server), "quick");
}

TEST_F(ProxyTest, HalfCloseEndsOneWayOnly) {
    auto [client, server] = connected();
    proxy.half_close();
    EXPECT_EQ(read_from(client), "end");
    write_to(client, "still");
    EXPECT_EQ(read_from(server), "still");
}

TEST_F(ProxyTest, RefusesWhenToldTo) {
    proxy.refuse(true);
    EXPECT_EQ(connect_and_read(), "end");
    proxy.refuse(false);
    auto [again, server] = connected();
    write_to(again, "hello");
    EXPECT_EQ(read_from(server), "hello");
}

TEST_F(ProxyTest, ATargetThatIsNotThereEndsTheConnection) {
    target.stop_listening();
    EXPECT_EQ(connect_and_read(), "end");
    EXPECT_EQ(proxy.connections(), 0U);
}

}  // namespace
}  // namespace confcast::test
