// The tool on a server with TLS.
#include <gtest/gtest.h>

#include <csignal>

#include "confcast/test/certificates.hpp"
#include "tool.hpp"

namespace confcast::test {
namespace {

class ToolWithTls : public testing::Test {
  protected:
    static ServerSetup setup(const Issued& issued) {
        return {.flags = {"--tls-cert", issued.certificate.string(), "--tls-key", issued.key.string()}};
    }
    TemporaryDirectory files;
    Authority authority{files.path()};
    const std::string ca = authority.file().string();
    const Server server{setup(authority.issue("server"))};
    Tool tool{"https://" + Tool::address(server)};
};

TEST_F(ToolWithTls, WritesReadsAndWatches) {
    EXPECT_EQ(tool.run({"put", "app/a", "1", "--ca-file", ca}).code, 0);
    EXPECT_EQ(tool.run({"get", "app/a", "-o", "value", "--ca-file", ca}).out, "1\n");
    tool.set("CONFCAST_CA_FILE", ca);
    EXPECT_EQ(tool.run({"get", "app/a", "-o", "value"}).out, "1\n");
    Tool::Running watch(tool, {"watch", "app/", "--initial", "-o", "json"});
    const auto deadline = load::Clock::now() + std::chrono::seconds{30};
    while (load::Clock::now() < deadline && watch.out().empty()) {
    }
    EXPECT_NE(watch.out().find("app/a"), std::string::npos) << watch.error();
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait().code, 130);
}

TEST_F(ToolWithTls, TrustsNobodyUnlessTold) {
    const Ended refused = tool.run({"get", "app/a"});
    EXPECT_EQ(refused.code, 6);
    EXPECT_NE(refused.error.find("not trusted"), std::string::npos) << refused.error;
    EXPECT_EQ(tool.run({"put", "app/a", "1", "--insecure"}).code, 0);
    const Ended usage = tool.run({"get", "app/a", "--ca-file", "/nowhere.pem"});
    EXPECT_EQ(usage.code, 2);
    EXPECT_NE(usage.error.find("/nowhere.pem"), std::string::npos) << usage.error;
}

TEST_F(ToolWithTls, KeepsTheFilesInAContext) {
    EXPECT_EQ(tool.run({"put", "app/a", "1", "--ca-file", ca}).code, 0);
    EXPECT_EQ(
        tool.run({"context", "set", "prod", "--to", "https://" + Tool::address(server), "--with-ca-file", ca}).code, 0);
    EXPECT_EQ(tool.run({"get", "app/a", "-o", "value", "--context", "prod"}).out, "1\n");
}

}  // namespace
}  // namespace confcast::test
