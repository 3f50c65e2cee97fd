// The accept loop under limits and errors.
#include <sys/resource.h>
#include <unistd.h>

#include "server_test.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Listening : public ServerTest {};

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

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
    start();
    Client first = connect();
    auto second = std::make_unique<Client>(connect());
    run(until([this] { return server->stats().connections == 2; }));
    const std::string text = exchange(get);
    EXPECT_EQ(status_of(text), 503U);
    EXPECT_NE(text.find("Retry-After: 1\r\n"), std::string::npos);
    EXPECT_NE(text.find("too_many_connections"), std::string::npos);
    EXPECT_EQ(server->stats().refused_connections, 1U);
    second.reset();
    run(until([this] { return server->stats().connections == 1; }));
    expect_service();
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
        run(client.send(get));
        run(another.send(get));
        EXPECT_EQ(status_of(run(client.rest())), 503U);
        EXPECT_EQ(status_of(run(another.rest())), 503U);
        EXPECT_GE(server->stats().accept_errors, 1U);
        EXPECT_EQ(server->stats().refused_connections, 2U);
    }
    expect_service();
}

}  // namespace
}  // namespace confcast::test
