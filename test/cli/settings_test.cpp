#include "settings.hpp"

#include <gtest/gtest.h>

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
