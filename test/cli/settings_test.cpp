#include "settings.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "confcast/test/temporary_directory.hpp"

#include "stop.hpp"

namespace confcast::cli {
namespace {

Environment with(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

const Contexts contexts{"prod", {{"prod", {"p:1", "prod-token"}}, {"test", {"t:1", ""}}}};

TEST(Settings, FlagsBeatTheEnvironmentWhichBeatsTheContextWhichBeatsTheDefault) {
    const auto server = [](const FlagSettings& flags, const Environment& environment, const Contexts& file) {
        return settle(flags, environment, file).servers.front();
    };
    EXPECT_EQ(server({}, with({}), {}), "http://127.0.0.1:8080");
    EXPECT_EQ(server({}, with({}), contexts), "p:1");
    EXPECT_EQ(server({}, with({{"CONFCAST_SERVER", "e:1"}}), contexts), "e:1");
    EXPECT_EQ(server({.server = "f:1"}, with({{"CONFCAST_SERVER", "e:1"}}), contexts), "f:1");
    EXPECT_EQ(server({}, with({{"CONFCAST_CONTEXT", "test"}}), contexts), "t:1");
    EXPECT_EQ(server({.context = "prod"}, with({{"CONFCAST_CONTEXT", "test"}}), contexts), "p:1");
    EXPECT_EQ(server({}, with({{"CONFCAST_SERVER", ""}}), contexts), "p:1") << "empty is as if it were not set";
}

TEST(Settings, HaveATokenAndATimeOut) {
    EXPECT_EQ(settle({}, with({}), contexts).token, "prod-token");
    EXPECT_EQ(settle({}, with({{"CONFCAST_TOKEN", "e"}}), contexts).token, "e");
    EXPECT_EQ(settle({.token = "f"}, with({{"CONFCAST_TOKEN", "e"}}), contexts).token, "f");
    EXPECT_EQ(settle({}, with({}), {}).timeout, std::chrono::seconds{10});
    EXPECT_EQ(settle({.timeout = "500ms"}, with({{"CONFCAST_TIMEOUT", "1m"}}), {}).timeout,
              std::chrono::milliseconds{500});
    EXPECT_THROW(settle({.timeout = "5"}, with({}), {}), Stop);
    EXPECT_THROW(settle({.timeout = "0s"}, with({}), {}), Stop);
}

TEST(Settings, TakeATokenFromAFileThatNobodyElseReads) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "token";
    const auto write = [&file](const std::string& text, mode_t mode) {
        std::ofstream(file) << text;
        ::chmod(file.c_str(), mode);
    };
    const FlagSettings flags{.token_file = file.string()};
    const auto code_of = [&]() {
        try {
            settle(flags, with({}), {});
        } catch (const Stop& stop) {
            return stop.code;
        }
        return Exit::ok;
    };
    EXPECT_EQ(code_of(), Exit::usage) << "there is none";
    write("secret\r\nsecond\n", 0600);
    EXPECT_EQ(settle(flags, with({{"CONFCAST_TOKEN", "e"}}), contexts).token, "secret");
    EXPECT_THROW(settle({.token = "f", .token_file = file.string()}, with({}), {}), Stop) << "which of the two?";
    write("secret", 0400);
    EXPECT_EQ(settle(flags, with({}), {}).token, "secret");
    for (const mode_t mode : {0640U, 0604U, 0620U}) {
        ::chmod(file.c_str(), mode);
        EXPECT_EQ(code_of(), Exit::failed) << mode;
    }
    ::chmod(file.c_str(), 0600);
    write("\nsecret", 0600);
    EXPECT_EQ(code_of(), Exit::usage);
    write(std::string(8193, 'a'), 0600);
    EXPECT_EQ(code_of(), Exit::usage);
}

TEST(Settings, HaveTheFilesOfTls) {
    const Contexts secure{"prod", {{"prod", {"https://p:1", "", {"/c/ca", "/c/cert", "/c/key"}}}}};
    const auto environment =
        with({{"CONFCAST_CA_FILE", "/e/ca"}, {"CONFCAST_CERT", "/e/cert"}, {"CONFCAST_KEY", "/e/key"}});
    EXPECT_EQ(settle({}, with({}), {}).tls.ca_file, "");
    EXPECT_EQ(settle({}, with({}), secure).tls.ca_file, "/c/ca");
    EXPECT_EQ(settle({}, environment, secure).tls.ca_file, "/e/ca");
    EXPECT_EQ(settle({.ca_file = "/f/ca"}, environment, secure).tls.ca_file, "/f/ca");
    EXPECT_EQ(settle({}, with({}), secure).tls.certificate, "/c/cert");
    EXPECT_EQ(settle({}, environment, secure).tls.key, "/e/key");
    const auto half = settle({.certificate = "/f/cert"}, environment, secure);
    EXPECT_EQ(half.tls.certificate, "/f/cert");
    EXPECT_EQ(half.tls.key, "") << "never the key of another certificate";
}

TEST(Settings, AreInsecureOnlyWhenToldSoNow) {
    EXPECT_FALSE(settle({}, with({}), {}).insecure);
    EXPECT_FALSE(settle({}, with({{"CONFCAST_INSECURE", "0"}}), {}).insecure);
    EXPECT_TRUE(settle({}, with({{"CONFCAST_INSECURE", "1"}}), {}).insecure);
    EXPECT_TRUE(settle({.insecure = true}, with({}), {}).insecure);
}

TEST(Settings, MayNameSeveralServers) {
    EXPECT_EQ(settle({.server = "a:1,b:2,"}, with({}), {}).servers, (std::vector<std::string>{"a:1", "b:2"}));
}

TEST(Settings, RefuseAContextThatIsNotThere) {
    try {
        settle({.context = "none"}, with({}), contexts);
        FAIL();
    } catch (const Stop& stop) {
        EXPECT_EQ(stop.code, Exit::usage);
        EXPECT_NE(stop.message.find("\"none\""), std::string::npos);
    }
}

TEST(Settings, LieWhereTheSystemSaysSo) {
    EXPECT_EQ(config_directory(with({{"XDG_CONFIG_HOME", "/x"}, {"HOME", "/h"}})), "/x/confcast");
    EXPECT_EQ(config_directory(with({{"HOME", "/h"}})), "/h/.config/confcast");
}

}  // namespace
}  // namespace confcast::cli
