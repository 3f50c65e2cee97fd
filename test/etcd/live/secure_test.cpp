// Who we are to etcd, and who etcd is to us: users, tokens, TLS.
#include <fstream>
#include <iterator>

#include "live_test.hpp"

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// ---- users

class Users : public LiveTest {
  protected:
    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped()) return;
        process_.emplace(test::EtcdProcess::users(1));
        process_->enable_users();
    }
    EtcdOptions options(std::string password = "pass:word") {
        auto options = options_for({process_->endpoint()});
        options.user = "confcast";
        options.password = std::move(password);
        return options;
    }
    Result<std::unique_ptr<store::WatchStream>> watch_settings(store::Revision start) {
        return run(db().watch({{"/config.", "/config0"}, start}));
    }

    std::optional<test::EtcdProcess> process_;
};

TEST_F(Users, TheLeastPrivilegeIsEnough) {
    open(options());
    const auto revision = put("/config/a", "1");
    EXPECT_EQ(get("/config/a"), "1");
    auto stream = watch_settings(revision);
    ASSERT_TRUE(stream);
    EXPECT_EQ(next(**stream), std::to_string(revision) + ": /config/a");
    EXPECT_EQ(status().revision, revision);
    const auto lease = run(db().grant(60));
    ASSERT_TRUE(lease);
    EXPECT_TRUE(run(db().keep_alive(lease->id)));
    EXPECT_TRUE(run(db().revoke(lease->id)));
    EXPECT_EQ(db().stats().authentications, 1U);
}

TEST_F(Users, WhatIsNotAllowedIsRefused) {
    open(options());
    const auto refused = try_put("/elsewhere", "1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::store_unavailable);
    EXPECT_THAT(refused.error().detail("reason"), HasSubstr("permission denied"));
    const auto stream = run(db().watch({store::KeyRange::prefix("/"), 2}));
    ASSERT_FALSE(stream);
    EXPECT_THAT(stream.error().detail("reason"), HasSubstr("permission denied"));
}

TEST_F(Users, AWrongPasswordIsSaidToBeAndNotTriedByEveryCall) {
    open(options("guess"));
    for (int i = 0; i < 20; ++i) {
        const auto refused = try_put("/config/a", "1");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::store_unavailable);
        EXPECT_THAT(refused.error().detail("reason"), HasSubstr("invalid user ID or password"));
    }
    EXPECT_LT(db().stats().calls, 10U);
}

TEST_F(Users, NobodyIsRefused) {
    auto nobody = options();
    nobody.user.clear();
    open(nobody);
    EXPECT_THAT(try_put("/config/a", "1").error().detail("reason"), HasSubstr("user name is empty"));
}

TEST_F(Users, AnExpiredTokenIsRenewed) {
    open(options());
    put("/config/a", "1");
    pass(2'500ms);
    EXPECT_TRUE(try_put("/config/a", "2"));
    EXPECT_EQ(db().stats().authentications, 2U);
    pass(2'500ms);
    EXPECT_EQ(get("/config/a"), "2");
    EXPECT_EQ(db().stats().authentications, 3U);
}

TEST_F(Users, AWatchRenewsATokenTooAndGoesOnWithAnOldOne) {
    open(options());
    const auto revision = put("/config/a", "1");
    auto first = watch_settings(revision + 1);
    ASSERT_TRUE(first);
    pass(2'500ms);
    auto second = watch_settings(revision + 1);
    ASSERT_TRUE(second) << second.error().to_string();
    put("/config/a", "2");
    EXPECT_EQ(next(**first), std::to_string(revision + 1) + ": /config/a");
    EXPECT_EQ(next(**second), std::to_string(revision + 1) + ": /config/a");
    EXPECT_EQ(db().stats().authentications, 2U);
}

TEST_F(Users, ManyCallsWithAnOldTokenAskForOneNewOne) {
    open(options());
    put("/config/a", "1");
    process_->kill();  // it forgets its tokens
    process_->start();
    wait_until_it_answers();
    process_->kill();
    process_->start();
    int answered = 0;
    until([&] { return run(db().range({store::KeyRange::single("/config/a"), 0, 0, false})).has_value(); });
    const auto before = db().stats().authentications;
    pass(2'500ms);
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(io_, db().range({store::KeyRange::single("/config/a"), 0, 0, false}),
                       [&](const std::exception_ptr&, const Result<store::RangeResult>& result) {
                           if (result) ++answered;
                       });
    until([&] { return answered == 50; });
    EXPECT_EQ(db().stats().authentications, before + 1);
}

TEST_F(Users, AUserOfAnEtcdThatAsksForNoneIsFine) {
    process_->ctl({"auth", "disable"});
    open(options());
    EXPECT_TRUE(try_put("/config/a", "1"));
    EXPECT_TRUE(watch_settings(2));
}

// ---- TLS

class Tls : public LiveTest {
  protected:
    static constexpr const char* openssl = "/usr/bin/openssl";

    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped()) return;
        if (!std::filesystem::exists(openssl)) GTEST_SKIP() << "there is no openssl to make certificates with";
        make_authority("ca");
        make_authority("other-ca");
        make_certificate("server", "ca");
        make_certificate("client", "ca");
        make_certificate("stranger", "other-ca");
        process_.emplace(test::EtcdSetup{
            .flags = {"--cert-file", file("server.pem"), "--key-file", file("server.key"), "--client-cert-auth",
                      "--trusted-ca-file", file("ca.pem"), "--peer-auto-tls"},
            .ctl_flags = {"--cacert", file("ca.pem"), "--cert", file("client.pem"), "--key", file("client.key")},
            .scheme = "https"});
    }
    std::string file(const std::string& name) { return (directory_.path() / name).string(); }
    std::string text(const std::string& name) {
        std::ifstream in(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void call_openssl(std::vector<std::string> arguments) {
        std::vector<std::string> argv{
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        test::ChildProcess process(std::move(argv), file("log"));
        if (process.wait(20s) != 0) throw std::runtime_error("openssl failed:\n" + process.output());
    }
    void make_authority(const std::string& name) {
        call_openssl({"-subj", "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".pem")});
    }
    void make_certificate(const std::string& name, const std::string& authority) {
        call_openssl({"-CA", file(authority + ".pem"), "-CAkey", file(authority + ".key"), "-subj", "/CN=" + name,
                      "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
                      "-keyout", file(name + ".key"), "-out", file(name + ".pem")});
    }
    EtcdOptions options(const std::string& authority, const std::string& client) {
        auto options = options_for({process_->endpoint()});
        options.tls.ca = text(authority + ".pem");
        if (!client.empty()) {
            options.tls.certificate = text(client + ".pem");
            options.tls.key = text(client + ".key");
        }
        return options;
    }

    test::TemporaryDirectory directory_;
    std::optional<test::EtcdProcess> process_;
};

TEST_F(Tls, BothSidesShowTheirCertificates) {
    open(options("ca", "client"));
    const auto revision = put("/a", "1");
    EXPECT_EQ(get("/a"), "1");
    auto stream = watch(revision);
    EXPECT_EQ(next(*stream), std::to_string(revision) + ": /a");
    process_->ctl({"put", "/a", "by hand"});
    EXPECT_EQ(next(*stream), std::to_string(revision + 1) + ": /a");
}

TEST_F(Tls, AnEtcdThatAnotherAuthorityVouchesForIsNotTalkedTo) {
    open(options("other-ca", "client"));
    EXPECT_EQ(try_put("/a", "1").error().code(), Errc::store_unavailable);
    EXPECT_EQ(get("/a"), "store_unavailable");
}

TEST_F(Tls, WithoutACertificateOrWithAStrangersEtcdRefusesUs) {
    for (const char* client : {"", "stranger"}) {
        open(options("ca", client));
        const auto refused = try_put("/a", "1");
        ASSERT_FALSE(refused) << client;
        EXPECT_EQ(refused.error().code(), Errc::store_unavailable) << client;
    }
}

TEST_F(Tls, PlainTextToATlsEtcdIsRefused) {
    open(options_for({process_->endpoint()}));
    EXPECT_EQ(get("/a"), "store_unavailable");
}

}  // namespace
}  // namespace confcast::etcd
