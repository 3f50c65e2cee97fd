// The real server with TLS: the client library, curl and openssl on it, a certificate renewed under them.
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "client_fixture.hpp"
#include "confcast/test/certificates.hpp"

namespace confcast::client::test {
namespace {

using confcast::test::Authority;
using confcast::test::ChildProcess;
using confcast::test::Issued;
using confcast::test::TemporaryDirectory;

class ServerWithTls : public ClientTest {
  protected:
    std::unique_ptr<Server> start(const std::vector<std::string>& more = {}) {
        issued = authority.issue("server");
        ServerSetup setup;
        setup.flags = {"--tls-cert", issued.certificate.string(), "--tls-key", issued.key.string()};
        setup.flags.insert(setup.flags.end(), more.begin(), more.end());
        return std::make_unique<Server>(std::move(setup));
    }
    Options to_secure(const Server& server) const {
        Options options;
        options.servers = {url(server)};
        options.tls_ca_file = authority.file();
        return options;
    }
    static std::string url(const Server& server) { return "https://" + server.endpoint().to_string(); }
    /// What a program prints; its exit code is `code`.
    std::string output_of(std::vector<std::string> words, int code = 0) const {
        words.insert(words.begin(), "/usr/bin/env");
        const auto log = files.path() / ("log" + std::to_string(++programs));
        ChildProcess process(std::move(words), log);
        EXPECT_EQ(process.wait(patience), code) << process.output();
        return process.output();
    }
    /// What the server's certificate is for, as openssl sees it on a new connection.
    std::string subject_at(const Server& server) const {
        const std::string out = output_of({"sh", "-c",
                                           "openssl s_client -connect " + server.endpoint().to_string() + " -CAfile " +
                                               authority.file().string() + " -verify_return_error </dev/null"});
        const auto begin = out.find("subject=");
        return begin == std::string::npos ? out : out.substr(begin, out.find('\n', begin) - begin);
    }
    bool has_said(const Server& server, const std::string& words) {
        return until([&] { return server.output().find(words) != std::string::npos; });
    }

    TemporaryDirectory files;
    Authority authority{files.path()};
    Issued issued;
    mutable int programs = 0;
};

TEST_F(ServerWithTls, ServesCallsAndAStream) {
    const auto server = start();
    Client client(io, to_secure(*server));
    ASSERT_TRUE(await(client.put("app/a", "1")));
    EXPECT_EQ(await(client.get("app/a"))->value, "1");
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback());
    ASSERT_TRUE(subscription);
    ASSERT_TRUE(until([&] { return follower.value("app/a") == "1"; }));
    const std::string large(900'000, 'x');
    ASSERT_TRUE(await(client.put("app/a", large)));
    ASSERT_TRUE(until([&] { return follower.value("app/a") == large; }));
    EXPECT_EQ(follower.violations, std::vector<std::string>{});
    EXPECT_NE(server->output().find("is ready: https://127.0.0.1:"), std::string::npos);
    client.close();
    EXPECT_TRUE(drain());
    EXPECT_EQ(server->terminate(), 0);
}

TEST_F(ServerWithTls, ReloadsItsCertificateAndKeepsItsStreams) {
    const auto server = start();
    Client client(io, to_secure(*server));
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback());
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    EXPECT_NE(subject_at(*server).find("localhost"), std::string::npos);

    authority.issue("server", {"renewed", {"DNS:localhost", "IP:127.0.0.1"}});
    server->signal(SIGHUP);
    ASSERT_TRUE(has_said(*server, "the certificate was read again"));
    EXPECT_NE(subject_at(*server).find("renewed"), std::string::npos);

    std::ofstream(issued.certificate) << "nonsense";
    server->signal(SIGHUP);
    ASSERT_TRUE(has_said(*server, "the certificate stays the old one"));
    EXPECT_NE(server->output().find("holds no certificate"), std::string::npos) << server->output();
    EXPECT_NE(subject_at(*server).find("renewed"), std::string::npos);

    ASSERT_TRUE(await(client.put("app/a", "after")));
    ASSERT_TRUE(until([&] { return follower.value("app/a") == "after"; }));
    const std::string metrics =
        output_of({"curl", "-sS", "--cacert", authority.file().string(), url(*server) + "/metrics"});
    EXPECT_NE(metrics.find("confcast_http_upgrades_total 1\n"), std::string::npos) << "it is the first stream still";
    EXPECT_NE(metrics.find("confcast_tls_reload_failures_total 1\n"), std::string::npos);
    EXPECT_NE(metrics.find("confcast_tls_certificate_expiry_timestamp_seconds "), std::string::npos);
}

TEST_F(ServerWithTls, IsWhatCurlExpects) {
    const auto server = start();
    const std::string version = url(*server) + "/version";
    EXPECT_NE(output_of({"curl", "-sS", "--cacert", authority.file().string(), version}).find("\"code\":200"),
              std::string::npos);
    output_of({"curl", "-sS", version}, 60);  // not trusted
    const std::string plain = "http://" + server->endpoint().to_string() + "/version";
    EXPECT_NE(output_of({"curl", "-sS", plain}).find("HTTPS"), std::string::npos);
}

TEST_F(ServerWithTls, LeadsThereFromAPortWithout) {
    const std::string port = std::to_string(load::free_port());
    const auto server = start({"--tls-redirect", port});
    const std::string plain = "http://localhost:" + port + "/config/a%20b?raw";
    EXPECT_EQ(output_of({"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", plain}),
              "308 https://localhost:" + std::to_string(server->endpoint().port) + "/config/a%20b?raw");
    EXPECT_EQ(output_of({"curl", "-sS", "-L", "--cacert", authority.file().string(), "-o", "/dev/null", "-w",
                         "%{http_code}", "http://localhost:" + port + "/version"}),
              "200");
    EXPECT_EQ(server->terminate(), 0);
}

TEST_F(ServerWithTls, AsksClientsForCertificates) {
    const auto server = start({"--tls-client-ca", authority.file().string(), "--tls-require-client-cert"});
    Options options = to_secure(*server);
    {
        Client client(io, options);
        EXPECT_FALSE(await(client.get("a")));
    }
    const Issued own = authority.issue("client");
    options.tls_certificate_file = own.certificate;
    options.tls_key_file = own.key;
    Client client(io, options);
    EXPECT_TRUE(await(client.put("a", "1")));
}

TEST_F(ServerWithTls, RefusesToStartWithFilesThatAreWrong) {
    issued = authority.issue("server");
    const auto starts = [&](std::vector<std::string> flags, int code) {
        flags.insert(flags.begin(), {Server::binary(), "--listen", "127.0.0.1:0", "--store",
                                     "sqlite:" + (files.path() / "store").string()});
        return output_of(std::move(flags), code);
    };
    const std::string certificate = issued.certificate.string();
    const std::string key = issued.key.string();
    EXPECT_NE(starts({"--tls-cert", certificate}, 2).find("go together"), std::string::npos);
    EXPECT_NE(starts({"--tls-redirect", "80"}, 2).find("without effect"), std::string::npos);
    EXPECT_NE(starts({"--tls-cert", certificate, "--tls-key", "/nowhere"}, 1).find("/nowhere"), std::string::npos);
    const Issued other = authority.issue("other");
    EXPECT_NE(starts({"--tls-cert", certificate, "--tls-key", other.key.string()}, 1).find("not the certificate's"),
              std::string::npos);
    std::filesystem::permissions(key, std::filesystem::perms(0644));
    EXPECT_NE(starts({"--tls-cert", certificate, "--tls-key", key}, 1).find("chmod"), std::string::npos);
}

TEST(ServerWithoutTls, SurvivesAHangup) {
    const Server server;
    server.signal(SIGHUP);
    server.put("a", "1");
    EXPECT_EQ(server.http().get("/version").status, 200U);
}

}  // namespace
}  // namespace confcast::client::test
