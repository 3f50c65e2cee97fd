// The accept loop under limits and errors.
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_test.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class Listening : public ServerTest {
  protected:
    /// With `options`: the third connection is told `why_not`, and has its place when the second has gone.
    void expect_room_for_two(std::string_view why_not) {
        start();
        Client first = connect();
        auto second = std::make_unique<Client>(connect());
        run(until([this] { return server->stats().connections == 2; }));
        const std::string text = exchange(get);
        if (is_secure()) {
            EXPECT_EQ(text, "") << "a handshake is too dear for who is refused";
        } else {
            EXPECT_EQ(status_of(text), 503U);
            EXPECT_NE(text.find("Retry-After: 1\r\n"), std::string::npos);
            EXPECT_NE(text.find(why_not), std::string::npos);
        }
        EXPECT_EQ(server->stats().refused_connections, 1U);
        second.reset();
        run(until([this] { return server->stats().connections == 1; }));
        expect_service();
    }
};

TEST_F(Listening, NeedsAFreePort) {
    start();
    http::ServerOptions taken = options;
    taken.port = server->port();
    http::Server second(io.get_executor(), taken, *chain, render, clock, log);
    const auto listening = second.listen();
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().code(), Errc::invalid_parameter);
    EXPECT_NE(listening.error().detail("reason").find("in use"), std::string::npos);
}

TEST_F(Listening, RefusesAHostThatIsNone) {
    options.host = "no such host";
    http::Server nowhere(io.get_executor(), options, *(chain = std::make_unique<http::Chain>()), render, clock, log);
    EXPECT_EQ(nowhere.listen().error().code(), Errc::invalid_parameter);
}

/// The server's end of the client's connection.
int server_end_of(Client& client) {
    const auto wanted = client.socket().local_endpoint();
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        asio::ip::tcp::endpoint peer;
        auto size = static_cast<socklen_t>(peer.capacity());
        if (::getpeername(descriptor, peer.data(), &size) == 0 && peer == wanted) return descriptor;
    }
    return -1;
}

TEST_F(Listening, WhatIsAcceptedSendsSmallWritesAtOnce) {
    start();
    Client client = connect();
    run(until([this] { return server->stats().connections == 1; }));
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ASSERT_EQ(::getsockopt(server_end_of(client), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_NE(no_delay, 0);
}

TEST_F(Listening, OnIpv6) {
    options.host = "[::1]";
    start();
    asio::basic_stream_socket<asio::ip::tcp, Executor> socket(io.get_executor());
    socket.connect({asio::ip::address_v6::loopback(), server->port()});
    run(until([this] { return server->stats().accepted == 1; }));
}

TEST_F(Listening, OnAName) {
    options.host = "localhost";
    start();
    EXPECT_NE(server->port(), 0);
}

TEST_F(Listening, TurnsAwayWhoIsOverTheLimit) {
    options.max_connections = 2;
    expect_room_for_two("too_many_connections");
}

TEST_F(Listening, TurnsAwayAnAddressThatHasItsShare) {
    options.max_connections = 100;
    options.max_connections_per_address = 2;
    expect_room_for_two("too_many_from_address");
}

TEST_F(Listening, OneAddressGetsThreeQuartersWhenNothingElseIsSaid) {
    options.max_connections = 4;
    start();
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(connect());
    run(until([this] { return server->stats().connections == 3; }));
    const std::string text = exchange(get);
    EXPECT_EQ(server->stats().refused_connections, 1U);
    if (!is_secure()) EXPECT_NE(text.find("too_many_from_address"), std::string::npos);
}

TEST_F(Listening, AcceptsAtItsPaceAndLosesNobody) {
    options.accept_rate = 10;
    options.accept_burst = 3;
    start();
    std::vector<Client> clients;
    for (int i = 0; i < 6; ++i) clients.push_back(connect());
    run(until([this] { return server->stats().accept_pauses == 1; }));
    EXPECT_EQ(server->stats().accepted, 3U);
    clock.advance(std::chrono::milliseconds(100));
    run(until([this] { return server->stats().accept_pauses == 2; }));
    EXPECT_EQ(server->stats().accepted, 4U);
    clock.advance(std::chrono::seconds(1));
    run(until([this] { return server->stats().accepted == 6; }));
    run(clients.back().send(get));
    EXPECT_EQ(run(clients.back().answer()).status, 200U);
    EXPECT_EQ(server->stats().refused_connections, 0U);
}

TEST_F(Listening, AListenerThatWaitsForItsPaceCanBeClosed) {
    options.accept_rate = 1;
    options.accept_burst = 1;
    start();
    Client first = connect();
    Client second = connect();
    run(until([this] { return server->stats().accept_pauses == 1; }));
    server->stop_accepting();
    settle();
    EXPECT_EQ(server->stats().accepted, 1U);
}

TEST_F(Listening, TurnsAwayManyAtOnceWithoutKeepingThem) {
    options.max_connections = 1;
    start();
    Client first = connect();
    std::vector<Client> crowd;
    for (int i = 0; i < 200; ++i) crowd.push_back(connect());
    run(until([this] { return server->stats().refused_connections == 200; }));
    EXPECT_EQ(server->stats().connections, 1U);
    crowd.clear();
    settle();
    run(first.send(get));
    EXPECT_EQ(run(first.answer()).status, 200U);
}

/// All descriptors but `left` are taken while this lives.
class FewDescriptors {
  public:
    explicit FewDescriptors(rlim_t left) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int highest = ::dup(0);
        ::close(highest);
        rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(highest) + left;
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

  private:
    rlimit before_{};
};

TEST_F(Listening, OutOfDescriptorsTellsTheClientAndComesBack) {
    options.max_connections = 1000;
    start();
    settle();  // what the loop opens for itself is open
    Client client = connect();
    Client another = connect();
    {
        const FewDescriptors few(0);
        client.socket().send(asio::buffer(get));  // as it is, without a handshake
        another.socket().send(asio::buffer(get));
        run(until([this] { return server->stats().refused_connections == 2; }));
        EXPECT_GE(server->stats().accept_errors, 1U);
    }
    // Read where there are descriptors again: UndefinedBehaviorSanitizer takes one to look at an error's category.
    const unsigned told = is_secure() ? 0 : 503;  // without a handshake nobody can be told
    EXPECT_EQ(status_of(run(client.rest())), told);
    EXPECT_EQ(status_of(run(another.rest())), told);
    EXPECT_EQ(server->stats().refused_connections, 2U);
    expect_service();
}

}  // namespace
}  // namespace confcast::test
