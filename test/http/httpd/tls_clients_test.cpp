// Clients' certificates: who gets in with which, and what name he has then.
#include "tls_fixture.hpp"

namespace confcast::test {
namespace {

class TlsClients : public TlsTest {
  protected:
    TlsClients() : strangers(files.path(), "strangers") { tls_options.client_ca_file = authority->file(); }

    std::string name_with(std::vector<std::string> names, std::string common_name = "worker") {
        const std::string body = ask_with(client_context(authority->issue("client", {common_name, std::move(names)})));
        return body.starts_with(secure) ? body.substr(std::string_view(secure).size()) : "(refused) " + body;
    }
    /// By TLS 1.3 a client learns of its refusal after its own handshake is done.
    void expect_refused(ClientContext context) {
        const auto before = server->stats().tls_failures;
        EXPECT_EQ(ask_with(std::move(context)), "");
        run(until([this, before] { return server->stats().tls_failures == before + 1; }));
        EXPECT_EQ(server->stats().requests, 0U);
    }
    static ClientContext by_12(ClientContext context) {
        SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
        return context;
    }

    Authority strangers;
};

TEST_F(TlsClients, NeedNoneWhenNoneIsRequired) {
    start();
    EXPECT_EQ(ask_with(client_context()), secure);
}

TEST_F(TlsClients, AreRefusedWithoutOneWhenItIsRequired) {
    tls_options.require_client_certificate = true;
    start();
    expect_refused(client_context());
    expect_refused(by_12(client_context()));
    EXPECT_EQ(name_with({"DNS:worker.example"}), "worker.example");
}

TEST_F(TlsClients, AreKnownByUriThenDnsThenCommonName) {
    start();
    EXPECT_EQ(name_with({"DNS:a.example", "URI:spiffe://example/worker", "URI:spiffe://example/other"}),
              "spiffe://example/worker");
    EXPECT_EQ(name_with({"IP:127.0.0.1", "DNS:a.example", "DNS:b.example"}), "a.example");
    EXPECT_EQ(name_with({}, "worker"), "worker");
    EXPECT_EQ(name_with({"IP:127.0.0.1"}, "worker"), "worker");
}

TEST_F(TlsClients, HaveNoNameThatCouldForgeALine) {
    start();
    EXPECT_EQ(name_with({}, "two\nlines"), "");
    EXPECT_EQ(name_with({}, "caf\xC3\xA9"), "");
}

TEST_F(TlsClients, OfAnotherAuthorityAreRefusedEvenWhenNoneIsRequired) {
    start();
    const Issued theirs = strangers.issue("theirs");
    expect_refused(client_context(theirs));
    expect_refused(by_12(client_context(theirs)));
}

TEST_F(TlsClients, WhoseCertificateHasExpiredAreRefused) {
    start();
    Subject late;
    late.begins = std::chrono::seconds{-7200};
    late.ends = std::chrono::seconds{-3600};
    expect_refused(client_context(authority->issue("late", late)));
}

TEST_F(TlsClients, AreNotAskedForOneWithoutAnAuthority) {
    tls_options.client_ca_file.clear();
    start();
    EXPECT_EQ(ask_with(client_context(strangers.issue("theirs"))), secure);
}

TEST_F(TlsClients, KeepTheirNameWhenTheyResumeASession) {
    start();
    const auto context = client_context(authority->issue("client", {"worker", {}}));
    Client first = connect_with(context);
    EXPECT_EQ(ask(first), "secure worker");
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(SSL_get1_session(first.native()),
                                                                            SSL_SESSION_free);
    Client second = connect_with(context);
    SSL_set_session(second.native(), session.get());
    EXPECT_EQ(ask(second), "secure worker");
    EXPECT_EQ(SSL_session_reused(second.native()), 1);
    // A new context knows none of the old one's tickets: who is trusted no more does not come back by one.
    const auto renewed = http::TlsContext::load(tls_options, SystemClock().wall());
    ASSERT_TRUE(renewed);
    server->set_tls(*renewed);
    Client third = connect_with(context);
    SSL_set_session(third.native(), session.get());
    EXPECT_EQ(ask(third), "secure worker");
    EXPECT_EQ(SSL_session_reused(third.native()), 0);
}

}  // namespace
}  // namespace confcast::test
