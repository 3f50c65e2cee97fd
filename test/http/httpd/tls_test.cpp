// What is agreed on before the first request: versions, suites, certificates; and what becomes of who does not agree.
#include "tls_fixture.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Tls : public TlsTest {
  protected:
    void expect_failures(unsigned n) {
        run(until([this, n] { return server->stats().tls_failures == n; }));
        EXPECT_EQ(ask_with(client_context()), secure);
    }
};

TEST_F(Tls, ServesARequestAndSaysThatItWasSecure) {
    start();
    Client client = connect();
    EXPECT_EQ(ask(client), secure);
    EXPECT_STREQ(SSL_get_version(client.native()), "TLSv1.3");
    EXPECT_EQ(ask(client), secure) << "a second one on the same connection";
    EXPECT_EQ(server->stats().tls_handshakes, 1U);
    EXPECT_EQ(server->stats().tls_failures, 0U);
}

TEST_F(Tls, WithoutItARequestIsNotSecure) {
    start();
    server->set_tls(nullptr);
    EXPECT_TRUE(exchange("").empty());
    Client client(io.get_executor(), server->port());
    EXPECT_EQ(ask(client), "plain ");
}

TEST_F(Tls, OnePointTwoIsServedWithForwardSecrecyOnly) {
    start();
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
    Client client = connect_with(context);
    EXPECT_EQ(ask(client), secure);
    EXPECT_STREQ(SSL_get_version(client.native()), "TLSv1.2");
    EXPECT_TRUE(std::string_view(SSL_get_cipher_name(client.native())).starts_with("ECDHE-"));
}

TEST_F(Tls, OlderVersionsAreRefused) {
    start();
    auto context = client_context();
    SSL_CTX_set_security_level(context->native_handle(), 0);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
    EXPECT_NE(handshake_with(context), "");
    expect_failures(1);
}

TEST_F(Tls, TheLeastVersionCanBeRaised) {
    tls_options.min_version = "1.3";
    start();
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
    EXPECT_NE(handshake_with(context), "");
    expect_failures(1);
}

TEST_F(Tls, WeakSuitesAreRefused) {
    start();
    unsigned refused = 0;
    for (const char* weak :
         {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256", "ALL:eNULL:!ECDHE"}) {
        auto context = client_context();
        SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
        SSL_CTX_set_security_level(context->native_handle(), 0);
        ASSERT_EQ(SSL_CTX_set_cipher_list(context->native_handle(), weak), 1) << weak;
        EXPECT_NE(handshake_with(context), "") << weak;
        expect_failures(++refused);
    }
}

TEST_F(Tls, SignaturesWithSha1AreRefused) {
    start();
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_security_level(context->native_handle(), 0);
    ASSERT_EQ(SSL_CTX_set1_sigalgs_list(context->native_handle(), "ECDSA+SHA1"), 1);
    EXPECT_NE(handshake_with(context), "");
    expect_failures(1);
}

TEST_F(Tls, RenegotiationIsRefused) {
    start();
    auto context = client_context();
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
    Client client = connect_with(context);
    EXPECT_EQ(ask(client), secure);
    ASSERT_EQ(SSL_renegotiate(client.native()), 1);
    EXPECT_EQ(ask(client), "");
    expect_failures(0);
    EXPECT_EQ(server->stats().tls_handshakes, 2U) << "of two connections";
}

TEST_F(Tls, NewKeysAreTakenAndAFloodOfThemIsCut) {
    start();
    const auto update_keys = [](Client& client, int times) {
        for (int i = 0; i < times; ++i) {
            ASSERT_EQ(SSL_key_update(client.native(), SSL_KEY_UPDATE_REQUESTED), 1);
            ASSERT_EQ(SSL_do_handshake(client.native()), 1);
        }
    };
    Client modest = connect();
    EXPECT_EQ(ask(modest), secure);
    for (int i = 0; i < 3; ++i) {
        update_keys(modest, 20);
        EXPECT_EQ(ask(modest), secure);
    }
    update_keys(modest, 40);
    EXPECT_EQ(ask(modest), "");
}

TEST_F(Tls, HttpOneIsChosenAmongProtocols) {
    start();
    const auto chosen = [this](std::string offered) {
        auto context = client_context();
        SSL_CTX_set_alpn_protos(context->native_handle(), reinterpret_cast<const unsigned char*>(offered.data()),
                                static_cast<unsigned>(offered.size()));
        Client client = connect_with(context);
        EXPECT_EQ(ask(client), secure);
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.native(), &name, &size);
        return std::string(name, name + size);
    };
    EXPECT_EQ(chosen("\x02h2\x08http/1.1"), "http/1.1");
    EXPECT_EQ(chosen("\x08http/1.0\x08http/1.1"), "http/1.1");
    EXPECT_EQ(chosen("\x02h2"), "");
}

TEST_F(Tls, AClientWithoutItIsToldSo) {
    start();
    for (const std::string line : {"GET / HTTP/1.1", "DELETE /a HTTP/1.1", "OPTIONS * HTTP/1.1"}) {
        Client client(io.get_executor(), server->port());
        run(client.send(line + "\r\nHost: a\r\n\r\n"));
        const Answer answer = run(client.answer());
        EXPECT_EQ(answer.status, 400U) << line;
        EXPECT_NE(answer.body.find("HTTPS"), std::string::npos);
        EXPECT_EQ(answer.headers.count("retry-after"), 0U);
        EXPECT_TRUE(run(client.closed()));
    }
    expect_failures(3);
    EXPECT_EQ(server->stats().requests, 1U) << "none of them was served";
}

TEST_F(Tls, GarbageIsCut) {
    start();
    for (const std::string& garbage :
         {std::string(1000, '\0'), std::string("\x16\x03\x01\x40\x01\x01"), std::string("hello"),
          std::string("\x80\x2e\x01\x03\x01"), std::string(100, '\xFF')}) {
        Client client(io.get_executor(), server->port());
        run(client.send(garbage + std::string(20'000, 'x')));
        const std::string text = run(client.rest());
        EXPECT_EQ(status_of(text), 0U);
    }
    expect_failures(5);
}

TEST_F(Tls, AHandshakeMustEndInTime) {
    start();
    Client silent(io.get_executor(), server->port());
    Client slow(io.get_executor(), server->port());
    run(slow.send("\x16\x03"));
    run(until([this] { return server->stats().connections == 2; }));
    settle();
    pass(9'999ms);
    run(slow.send("\x01"));
    settle();
    EXPECT_EQ(server->stats().connections, 2U);
    pass(1ms);
    EXPECT_TRUE(run(silent.closed()));
    EXPECT_TRUE(run(slow.closed()));
    EXPECT_EQ(server->stats().timeouts, 2U);
    EXPECT_EQ(server->stats().tls_failures, 0U);
    run(until([this] { return server->stats().connections == 0; }));
}

TEST_F(Tls, WhoIsRefusedAndStaysIsCutSoon) {
    start();
    Client client(io.get_executor(), server->port());
    run(client.send("hello"));
    run(until([this] { return server->stats().tls_failures == 1; }));
    settle();
    EXPECT_EQ(server->stats().connections, 1U);
    pass(2s);
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_EQ(server->stats().timeouts, 0U);
}

TEST_F(Tls, AShutdownDoesNotWaitForHandshakes) {
    start();
    Client silent(io.get_executor(), server->port());
    run(until([this] { return server->stats().connections == 1; }));
    settle();
    run(server->shutdown(SteadyTime::max()));
    EXPECT_EQ(server->stats().connections, 0U);
    EXPECT_EQ(server->stats().timeouts, 0U);
}

TEST_F(Tls, AReloadIsForNewConnections) {
    start();
    const auto name_of_server = [](Client& client) {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(client.native()),
                                                                      X509_free);
        char name[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
        return std::string(name);
    };
    Client old = connect();
    EXPECT_EQ(ask(old), secure);
    authority->issue("server", {"renewed", {"DNS:localhost"}});
    const auto renewed = http::TlsContext::load(tls_options, SystemClock().wall());
    ASSERT_TRUE(renewed);
    server->set_tls(*renewed);
    EXPECT_EQ(ask(old), secure);
    Client fresh = connect();
    EXPECT_EQ(ask(fresh), secure);
    EXPECT_EQ(name_of_server(old), "localhost");
    EXPECT_EQ(name_of_server(fresh), "renewed");
    EXPECT_EQ(ask(old), secure);
}

}  // namespace
}  // namespace confcast::test
