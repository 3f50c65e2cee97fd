// https, against this project's own server: who is trusted, and what is said when one is not.
#include <gtest/gtest.h>

#include "confcast/base/clock.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/client/client.hpp"
#include "confcast/http/server.hpp"
#include "confcast/test/certificates.hpp"
#include "confcast/test/recording_log.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "loop.hpp"

namespace confcast::client::test {
namespace {

using confcast::test::Authority;
using confcast::test::Issued;
using confcast::test::Subject;

Awaitable<http::Response> say_who(http::Context& context) {
    http::Response response;
    response.body = std::string(context.request.client_certificate) + " asks " +
                    std::string(context.request.header("Host").value_or(""));
    co_return response;
}

class TlsClient : public LoopTest {
  protected:
    TlsClient() { options.tls_ca_file = authority.file(); }
    ~TlsClient() override {
        if (!server) return;
        bool ended = false;
        asio::co_spawn(io, server->shutdown(SteadyTime::min()), [&ended](const std::exception_ptr&) { ended = true; });
        EXPECT_TRUE(until([&ended] { return ended; }));
    }
    void start(const Subject& subject = {}, bool clients_too = false) {
        const Issued issued = authority.issue("server", subject);
        http::TlsOptions tls{issued.certificate, issued.key, {}, clients_too, "1.2"};
        if (clients_too) tls.client_ca_file = authority.file();
        http::ServerOptions with;
        with.port = 0;
        server = std::make_unique<http::Server>(io.get_executor(), with, chain, render, clock, log);
        // Of a certificate that has expired the server would have nothing to do: it began with it in time.
        const auto context = http::TlsContext::load(
            tls, clock.wall() + std::min(subject.ends, std::chrono::seconds{0}) - std::chrono::seconds{60});
        ASSERT_TRUE(context) << context.error().detail("reason");
        server->set_tls(*context);
        ASSERT_TRUE(server->listen());
        tasks.spawn("listener", server->run());
    }
    std::string url(const std::string& host = "localhost") const {
        return "https://" + host + ":" + std::to_string(server->port());
    }
    Result<RawResponse> ask(const std::string& host = "localhost") {
        options.servers = {url(host)};
        Client client(io, options);
        return await(client.raw({.method = "GET", .target = "/a"}));
    }
    void expect_refused(const std::string& host, const std::string& words) {
        const auto answer = ask(host);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, FailureKind::unreachable);
        EXPECT_FALSE(answer.error().sent);
        EXPECT_NE(answer.error().message.find(words), std::string::npos) << answer.error().message;
        EXPECT_EQ(server->stats().requests, 0U);
    }

    confcast::test::TemporaryDirectory files;
    Authority authority{files.path()};
    SystemClock clock;
    confcast::test::RecordingLog log;
    http::Chain chain{{}, say_who};
    http::ErrorRenderer render = [](const http::Context&, const Error&) { return http::Response(); };
    TaskGroup tasks{io.get_executor(), log};
    std::unique_ptr<http::Server> server;
    Options options;
};

TEST_F(TlsClient, AsksAServerThatItTrusts) {
    start();
    const auto answer = ask();
    ASSERT_TRUE(answer) << answer.error().to_string();
    EXPECT_EQ(answer->body, " asks localhost:" + std::to_string(server->port()));
    EXPECT_TRUE(ask("127.0.0.1")) << "an address that the certificate names";
}

TEST_F(TlsClient, KeepsItsConnection) {
    start();
    options.servers = {url()};
    Client client(io, options);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(await(client.raw({.method = "GET", .target = "/a"})));
    EXPECT_EQ(server->stats().tls_handshakes, 1U);
    EXPECT_EQ(server->stats().requests, 3U);
}

TEST_F(TlsClient, RefusesAnAuthorityThatItDoesNotKnow) {
    start();
    const Authority other(files.path(), "other");
    options.tls_ca_file = other.file();
    expect_refused("localhost", "not trusted: ");
    options.tls_ca_file.clear();
    expect_refused("localhost", "not trusted: ");
}

TEST_F(TlsClient, RefusesACertificateForAnotherName) {
    start({"example.org", {"DNS:example.org"}});
    expect_refused("localhost", "it is not for localhost");
    expect_refused("127.0.0.1", "it is not for 127.0.0.1");
    options.tls_server_name = "example.org";
    EXPECT_TRUE(ask());
}

TEST_F(TlsClient, RefusesACertificateThatHasExpired) {
    Subject late;
    late.begins = std::chrono::hours{-48};
    late.ends = std::chrono::hours{-24};
    start(late);
    expect_refused("localhost", "expired");
}

TEST_F(TlsClient, TakesAnyServerWhenItIsToldTo) {
    start({"example.org", {"DNS:example.org"}});
    options.tls_ca_file.clear();
    options.tls_verify = false;
    EXPECT_TRUE(ask());
}

TEST_F(TlsClient, SaysWhoItIs) {
    start({}, true);
    const Issued own = authority.issue("client", {"worker", {"URI:spiffe://example/worker"}});
    options.tls_certificate_file = own.certificate;
    options.tls_key_file = own.key;
    const auto answer = ask();
    ASSERT_TRUE(answer) << answer.error().to_string();
    EXPECT_TRUE(answer->body.starts_with("spiffe://example/worker asks"));
}

TEST_F(TlsClient, WithoutACertificateThatIsRequiredGetsNoAnswer) {
    start({}, true);
    const auto answer = ask();
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().message.find("certificate required"), std::string::npos) << answer.error().message;
    EXPECT_EQ(server->stats().requests, 0U);
}

TEST_F(TlsClient, OfAServerWithoutTlsIsTold) {
    start();
    server->set_tls(nullptr);
    expect_refused("localhost", "no TLS connection");
}

}  // namespace
}  // namespace confcast::client::test
