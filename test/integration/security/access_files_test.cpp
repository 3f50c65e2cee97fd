// Credentials and the audit of a server that runs: who is let in, what becomes of a stream whose token goes, and what
// is written down.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <functional>
#include <sstream>
#include <thread>

#include "confcast/load/websocket.hpp"
#include "confcast/test/eventually.hpp"
#include "credentials.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

class AccessFiles : public testing::Test {
  protected:
    AccessFiles() {
        write_credentials(credentials_, {admin_, reader_});
        server_.emplace(ServerSetup{.flags = {"--credentials", credentials_, "--audit", audit_}});
    }

    load::HttpResponse get(const std::string& target, const load::Headers& headers = {}) const {
        return server_->http().get(target, headers);
    }
    load::HttpResponse put(const std::string& key, const std::string& value, const auth::NewToken& by) const {
        load::Headers headers = bearer(by);
        headers.emplace_back("Content-Type", "text/plain");
        return server_->http().put("/config/" + key, value, headers);
    }
    static std::string text_of(const std::filesystem::path& file) {
        std::ifstream in(file);
        std::ostringstream out;
        out << in.rdbuf();
        return out.str();
    }

    TemporaryDirectory files_;
    std::filesystem::path credentials_ = files_.path() / "credentials.json";
    std::filesystem::path audit_ = files_.path() / "audit.log";
    auth::NewToken admin_ = new_token("admin", {"admin", "read,write:**"});
    auth::NewToken reader_ = new_token("reader", {"read:app/**"});
    std::optional<Server> server_;
};

TEST_F(AccessFiles, NobodyIsLetInWithoutACredential) {
    for (const char* target : {"/metrics", "/config/app/a", "/api/v1/config", "/api/v1/watch", "/readyz?verbose"})
        EXPECT_EQ(get(target).status, 401U) << target;
    for (const char* target : {"/livez", "/readyz", "/version"}) EXPECT_EQ(get(target).status, 200U) << target;
    EXPECT_EQ(get("/metrics", bearer(admin_)).status, 200U);
    EXPECT_THROW(load::WebSocketClient(server_->endpoint(), "/api/v1/watch"), load::UpgradeRefused);
}

TEST_F(AccessFiles, ATokenThatGoesFromTheFileEndsItsStreamAndNoOther) {
    load::WebSocketClient goes(server_->endpoint(), "/api/v1/watch?prefix=app/", bearer(reader_));
    load::WebSocketClient stays(server_->endpoint(), "/api/v1/watch?prefix=app/", bearer(admin_));
    ASSERT_TRUE(goes.receive());
    write_credentials(credentials_, {admin_});
    while (goes.receive(std::chrono::seconds{20})) {
    }
    EXPECT_EQ(goes.close_code(), 1008U);
    EXPECT_EQ(get("/config/app/a", bearer(reader_)).status, 401U);
    EXPECT_EQ(put("app/a", "1", admin_).status / 100, 2U);
    const auto arrived = [&stays] {
        const auto message = stays.receive();
        return message && message->find("\"update\"") != std::string::npos;
    };
    EXPECT_TRUE(eventually([&] { return arrived() || stays.ended(); }));
    EXPECT_FALSE(stays.ended());
}

TEST_F(AccessFiles, ATokenThatComesIntoTheFileIsTaken) {
    const auth::NewToken late = new_token("late", {"read:**"});
    EXPECT_EQ(get("/api/v1/config", bearer(late)).status, 401U);
    write_credentials(credentials_, {admin_, late});
    EXPECT_TRUE(eventually([&] { return get("/api/v1/config", bearer(late)).status == 200U; }));
}

TEST_F(AccessFiles, AFileThatIsBrokenOrOpenToOthersLeavesTheOldCredentials) {
    std::filesystem::permissions(credentials_, std::filesystem::perms{0666});
    EXPECT_TRUE(
        eventually([&] { return server_->output().find("new credentials cannot be taken") != std::string::npos; }));
    EXPECT_EQ(get("/api/v1/config", bearer(admin_)).status, 200U);
    EXPECT_EQ(get("/config/app/a").status, 401U);
}

TEST_F(AccessFiles, TheAuditIsForTheOwnerAndHoldsNoSecret) {
    ASSERT_EQ(put("app/a", "a-value-that-is-secret", admin_).status / 100, 2U);
    EXPECT_EQ(put("app/a", "another-secret", reader_).status, 403U);
    EXPECT_EQ(get("/config/app/a", {{"Authorization", "Bearer confcast_not-a-token"}}).status, 401U);
    EXPECT_TRUE(eventually([&] { return text_of(audit_).find("reader") != std::string::npos; })) << text_of(audit_);
    ASSERT_EQ(server_->terminate(), 0);
    struct stat about{};
    ASSERT_EQ(::stat(audit_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    const std::string audit = text_of(audit_);
    EXPECT_NE(audit.find("app/a"), std::string::npos);
    const std::string everything = audit + server_->output();
    for (const std::string& secret : {std::string("a-value-that-is-secret"), std::string("another-secret"), admin_.text,
                                      reader_.text, std::string("confcast_not-a-token"), admin_.token.hash})
        EXPECT_EQ(everything.find(secret), std::string::npos) << secret;
}

TEST_F(AccessFiles, AHangupOpensTheAuditAnewAfterItWasRenamed) {
    ASSERT_EQ(put("app/a", "1", admin_).status / 100, 2U);
    ASSERT_TRUE(eventually([&] { return text_of(audit_).find("app/a") != std::string::npos; }));
    const std::filesystem::path old = audit_.string() + ".1";
    std::filesystem::rename(audit_, old);
    server_->signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(audit_); }));
    ASSERT_EQ(put("app/b", "1", admin_).status / 100, 2U);
    EXPECT_TRUE(eventually([&] { return text_of(audit_).find("app/b") != std::string::npos; }));
    EXPECT_EQ(text_of(old).find("app/b"), std::string::npos);
    struct stat about{};
    ASSERT_EQ(::stat(audit_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

}  // namespace
}  // namespace confcast::test
