// Flag, environment, file, default: who beats whom, and what is a mistake where.
#include "configuration.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

#include "confcast/test/files.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::app {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigurationTest : public testing::Test {
  protected:
    std::variant<Configuration, Ending> read(const std::string& text, std::vector<std::string> flags = {},
                                             Environment environment = {}) {
        test::write_file(path, text);
        flags.insert(flags.begin(), {"--config", path});
        return configure({std::move(flags), std::move(environment)});
    }
    Configuration good(const std::string& text, std::vector<std::string> flags = {}, Environment environment = {}) {
        auto read_back = read(text, std::move(flags), std::move(environment));
        const auto* ending = std::get_if<Ending>(&read_back);
        EXPECT_EQ(ending, nullptr) << ending->text;
        return ending == nullptr ? std::get<Configuration>(std::move(read_back)) : Configuration{};
    }
    /// The complaint without the file's name and "confcastd: ".
    std::string complaint(const std::string& text) {
        const auto read_back = read(text);
        if (!std::holds_alternative<Ending>(read_back)) return "none";
        const Ending& ending = std::get<Ending>(read_back);
        EXPECT_EQ(ending.code, 7);
        const std::string prefix = "confcastd: " + path + ":";
        EXPECT_EQ(ending.text.substr(0, prefix.size()), prefix) << ending.text;
        return ending.text.substr(std::min(prefix.size(), ending.text.size()));
    }
    static Given given(const Configuration& configuration, std::string_view setting) {
        for (const Effective& one : configuration.effective)
            if (one.path == setting) return one.given;
        ADD_FAILURE() << setting;
        return {};
    }

    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "confcastd.toml";
};

TEST_F(ConfigurationTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    const std::string file = "[connections]\nmax_head = 100\nmax_target = 200\nwebsocket_burst = 300\n";
    const Configuration read = good(file, {"--max-head", "1"},
                                    {{"CONFCAST_CONNECTIONS_MAX_HEAD", "2"}, {"CONFCAST_CONNECTIONS_MAX_TARGET", "3"}});
    EXPECT_EQ(read.options.server.max_head, 1U);
    EXPECT_EQ(read.options.server.max_target, 3U);
    EXPECT_EQ(read.options.server.websocket_burst, 300U);
    EXPECT_EQ(read.options.server.websocket_rate, http::ServerOptions{}.websocket_rate);
    EXPECT_EQ(given(read, "connections.max_head").where, "--max-head");
    EXPECT_EQ(given(read, "connections.max_target").where, "CONFCAST_CONNECTIONS_MAX_TARGET");
    EXPECT_EQ(given(read, "connections.websocket_burst").where, path + ":4:19");
    EXPECT_EQ(given(read, "connections.websocket_rate").source, Source::standard);
    EXPECT_EQ(read.file, path);
}

TEST_F(ConfigurationTest, TheFileTakesEachKindAsItIsWrittenThere) {
    const Configuration read = good(R"(
[server]
listen = "[::1]:1"
[settings]
max_value = "2MiB"
max_message = 77
max_page = "12"
read_wait = "3s"
[access]
open_metrics = true
allow_origin = ["https://a", "https://b"]
)");
    EXPECT_EQ(read.options.server.host, "::1");
    EXPECT_EQ(read.options.api.max_value, 2U << 20U);
    EXPECT_EQ(read.options.api.max_message, 77U);
    EXPECT_EQ(read.options.api.max_page, 12U);
    EXPECT_EQ(read.options.api.read_wait, std::chrono::seconds(3));
    EXPECT_TRUE(read.options.api.open_metrics);
    EXPECT_THAT(read.options.api.allowed_origins, ElementsAre("https://a", "https://b"));
    EXPECT_THAT(good("[access]\nallow_origin = \"https://a\"").options.api.allowed_origins, ElementsAre("https://a"));
}

TEST_F(ConfigurationTest, TheEnvironmentTakesListsAndTruths) {
    const Configuration read = good("", {},
                                    {{"CONFCAST_ACCESS_ALLOW_ORIGIN", "https://a,https://b"},
                                     {"CONFCAST_ACCESS_OPEN_METRICS", "yes"},
                                     {"CONFCAST_LOG_LEVEL", ""}});
    EXPECT_THAT(read.options.api.allowed_origins, ElementsAre("https://a", "https://b"));
    EXPECT_TRUE(read.options.api.open_metrics);
    EXPECT_EQ(read.options.log_level, LogLevel::info) << "an empty variable is one that is not there";
}

TEST_F(ConfigurationTest, AFlagCanTakeBackWhatTheFileSwitchedOn) {
    EXPECT_FALSE(good("[access]\nopen_metrics = true", {"--open-metrics=false"}).options.api.open_metrics);
    EXPECT_TRUE(good("[access]\nopen_metrics = false", {"--open-metrics"}).options.api.open_metrics);
}

TEST_F(ConfigurationTest, WhatIsNoSettingIsSaidWithItsPlaceAndWhatWasMeant) {
    EXPECT_EQ(complaint("[server]\nlisten = \"127.0.0.1:1\"\n\n  listn = 1\n"),
              "4:3: there is no setting server.listn. Did you mean server.listen?\n");
    EXPECT_EQ(complaint("[conections]\nmax_head = 1\n"),
              "1:2: there is no section [conections]. Did you mean [connections]?\n");
    EXPECT_EQ(complaint("[server]\nlevel = \"debug\"\n"),
              "2:1: there is no setting server.level. Did you mean log.level?\n");
    EXPECT_EQ(complaint("level = \"debug\"\n"),
              "1:1: the setting 'level' stands in no section. Did you mean log.level?\n");
    EXPECT_EQ(complaint("log = 1\n"), "1:1: 'log' is a section: write [log] above its settings.\n");
    EXPECT_EQ(complaint("[server]\nxyzzy = 1\n"), "2:1: there is no setting server.xyzzy.\n");
}

TEST_F(ConfigurationTest, AWrongValueIsSaidWithItsPlace) {
    EXPECT_EQ(complaint("[log]\nlevel = \"loud\"\n"),
              "2:9: log.level: write trace, debug, info, warning, error or off, not 'loud'.\n");
    EXPECT_EQ(complaint("[connections]\nmax_head = \"8 KiB\"\n"),
              "2:12: connections.max_head: write a size such as 4096, 64KiB or 1MiB, not '8 KiB'.\n");
    EXPECT_EQ(complaint("[connections]\nidle_timeout = 10\n"),
              "2:16: connections.idle_timeout: wants a duration in quotes, such as \"10s\".\n");
    EXPECT_THAT(complaint("[access]\nopen_metrics = \"true\"\n"), HasSubstr("wants true or false"));
    EXPECT_THAT(complaint("[access]\nallow_origin = [1]\n"), HasSubstr("wants a list of strings"));
    EXPECT_THAT(complaint("[settings]\nmax_page = 1.5\n"), HasSubstr("wants a whole number or a string"));
    EXPECT_THAT(complaint("[settings]\nmax_page = -1\n"), HasSubstr("write a whole number from 1, not '-1'"));
}

TEST_F(ConfigurationTest, WhatIsNoTomlIsSaidWithItsPlace) {
    EXPECT_THAT(complaint("[log]\nlevel = debug\n"), testing::StartsWith("2:"));
    EXPECT_THAT(complaint("[log]\nlevel = \"info\"\nlevel = \"debug\"\n"), testing::StartsWith("3:"));
    EXPECT_THAT(complaint("[log\n"), testing::StartsWith("1:"));
}

TEST_F(ConfigurationTest, EveryProblemIsToldInTheFilesOrder) {
    const auto read_back = read("[tls]\nx = 1\n[log]\nlevel = 1\n[connections]\nmax_head = 0\n");
    const std::string text = std::get<Ending>(read_back).text;
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
    EXPECT_LT(text.find(":2:"), text.find(":4:"));
    EXPECT_LT(text.find(":4:"), text.find(":6:"));
}

TEST_F(ConfigurationTest, AVariableOfNoSettingIsAMistakeAndOneOfTheToolIsNot) {
    const auto read_back = configure({{}, {{"CONFCAST_CONNECTIONS_MAX_HEDD", "1"}}});
    EXPECT_EQ(std::get<Ending>(read_back).code, 7);
    EXPECT_THAT(std::get<Ending>(read_back).text, HasSubstr("Did you mean CONFCAST_CONNECTIONS_MAX_HEAD?"));
    const auto fine =
        configure({{}, {{"CONFCAST_SERVER", "http://x"}, {"CONFCAST_TOKEN", "t"}, {"CONFCAST_OP", "put"}}});
    EXPECT_TRUE(std::holds_alternative<Configuration>(fine));
    const auto wrong = configure({{}, {{"CONFCAST_LOG_LEVEL", "loud"}}});
    EXPECT_EQ(std::get<Ending>(wrong).text,
              "confcastd: CONFCAST_LOG_LEVEL: write trace, debug, info, warning, error or off, not 'loud'.\n");
}

TEST_F(ConfigurationTest, AWrongFlagIsUsageAndSaysWhatWasMeant) {
    const auto read_back = configure({{"--log-levle=debug"}, {}});
    EXPECT_EQ(std::get<Ending>(read_back).code, 2);
    EXPECT_THAT(std::get<Ending>(read_back).text, HasSubstr("Did you mean --log-level?"));
}

TEST_F(ConfigurationTest, TheFileIsThatOfTheFlagElseOfTheVariable) {
    test::write_file(path, "[log]\nlevel = \"error\"\n");
    const auto by_variable = configure({{}, {{"CONFCAST_CONFIG", path}}});
    EXPECT_EQ(std::get<Configuration>(by_variable).options.log_level, LogLevel::error);
    const auto missing = configure({{"--config", path + "x"}, {{"CONFCAST_CONFIG", path}}});
    EXPECT_EQ(std::get<Ending>(missing).code, 7);
    EXPECT_THAT(std::get<Ending>(missing).text, HasSubstr(path + "x: cannot be read"));
    const auto folder = configure({{"--config", directory.path()}, {}});
    EXPECT_THAT(std::get<Ending>(folder).text, HasSubstr("cannot be read"));
}

TEST_F(ConfigurationTest, AFileThatIsTooLargeIsNotRead) {
    EXPECT_THAT(std::get<Ending>(read(std::string((1U << 20U) + 1, '#'))).text, HasSubstr("larger than 1 MiB"));
}

TEST_F(ConfigurationTest, WhatDoesNotGoTogetherIsTheFilesMistakeWhenThereIsOne) {
    EXPECT_EQ(std::get<Ending>(read("[tls]\ncert = \"c\"\n")).code, 7);
    EXPECT_EQ(std::get<Ending>(configure({{"--tls-cert", "c"}, {}})).code, 2);
}

TEST_F(ConfigurationTest, ASecretHasNoFlagAndAFileForAllToReadIsNoted) {
    const std::string file = "[server]\nstore = \"etcd:h:1\"\n[etcd]\nuser = \"u\"\npassword = \"hunter2\"\n";
    test::write_file(path, file);
    ::chmod(path.c_str(), 0644);
    const Configuration open = good(file);
    EXPECT_EQ(open.options.etcd.password, "hunter2");
    EXPECT_THAT(open.notes, ElementsAre(HasSubstr("chmod 600")));
    ::chmod(path.c_str(), 0640);
    EXPECT_THAT(good(file).notes, IsEmpty());
    EXPECT_EQ(std::get<Ending>(configure({{"--etcd-password=x"}, {}})).code, 2);
    EXPECT_THAT(std::get<Ending>(read(file, {"--etcd-password-file=f"})).text, HasSubstr("twice"));
}

TEST_F(ConfigurationTest, AFileCanBeWhatSystemdKeeps) {
    ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1);
    EXPECT_EQ(good("[access]\ncredentials = \"credential:tokens\"").options.access.credentials,
              "/run/credentials/x/tokens");
    EXPECT_THAT(complaint("[access]\ncredentials = \"credential:../tokens\""), HasSubstr("wants the name"));
    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_THAT(complaint("[access]\ncredentials = \"credential:tokens\""),
                EndsWith("(LoadCredential= in the unit).\n"));
}

}  // namespace
}  // namespace confcast::app
