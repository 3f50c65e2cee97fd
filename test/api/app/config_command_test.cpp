// confcastd config …
#include "config_command.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "confcast/test/files.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "settings/documents.hpp"

namespace confcast::app {
namespace {

using testing::HasSubstr;
using testing::Not;

Ending run(std::vector<std::string> arguments, Environment environment = {}) {
    return run_config({std::move(arguments), std::move(environment)});
}

TEST(ConfigCommand, WantsAVerb) {
    EXPECT_EQ(run({}).code, 2);
    EXPECT_EQ(run({"--help"}).code, 0);
    EXPECT_THAT(run({"chek"}).text, HasSubstr("Did you mean 'config check'?"));
    EXPECT_EQ(run({"chek"}).code, 2);
}

TEST(ConfigCommand, TheDefaultFileSaysTheDefaultsWhenEveryCommentIsTakenAway) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "c.toml";
    std::string text;
    std::istringstream lines(run({"default"}).text);
    std::size_t settings = 0;
    for (std::string line; std::getline(lines, line);) {
        const bool is_setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        settings += is_setting ? 1 : 0;
        text += (is_setting ? line.substr(1) : line) + "\n";
    }
    test::write_file(path, text);
    const auto read = configure({{"--config", path}, {}});
    ASSERT_TRUE(std::holds_alternative<Configuration>(read)) << std::get<Ending>(read).text;
    const OptionsReader reader;
    EXPECT_EQ(settings, reader.settings().all().size());
    std::size_t at = 0;
    for (const Effective& one : std::get<Configuration>(read).effective) {
        EXPECT_EQ(one.given.source, Source::file) << one.path;
        EXPECT_EQ(one.given.words, reader.settings().all()[at++].otherwise) << one.path;
    }
}

TEST(ConfigCommand, TheDefaultFileAsItIsSaysNothing) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "c.toml";
    test::write_file(path, run({"default"}).text);
    const auto read = configure({{"--config", path}, {}});
    ASSERT_TRUE(std::holds_alternative<Configuration>(read));
    for (const Effective& one : std::get<Configuration>(read).effective)
        EXPECT_EQ(one.given.source, Source::standard) << one.path;
}

TEST(ConfigCommand, EverySettingHasAFlagAVariableAndAPromise) {
    const OptionsReader reader;
    for (const Setting& setting : reader.settings().all()) {
        EXPECT_TRUE(setting.is_secret || setting.flag.starts_with("--")) << setting.path();
        EXPECT_FALSE(setting.help.empty()) << setting.path();
        EXPECT_THAT(run({"env"}).text, HasSubstr("\n" + setting.variable() + "="));
    }
}

TEST(ConfigCommand, TheReferenceIsTheOneInTheDocuments) {
    EXPECT_EQ(test::read_file(std::string(CONFCAST_DOCS) + "/configuration.md"), run({"doc"}).text)
        << "confcastd config doc > docs/configuration.md";
}

TEST(ConfigCommand, EffectiveSaysWhereEachComesFromAndNoSecret) {
    const Ending ending = run({"effective", "--log-level=debug", "--store=etcd:h:1", "--etcd-user=u"},
                              {{"CONFCAST_ETCD_PASSWORD", "hunter2"}, {"CONFCAST_STREAMS_MAX_FILTERS", "7"}});
    EXPECT_EQ(ending.code, 0);
    EXPECT_THAT(ending.text, HasSubstr("\nlevel = \"debug\"  # --log-level\n"));
    EXPECT_THAT(ending.text, HasSubstr("\nmax_filters = 7  # CONFCAST_STREAMS_MAX_FILTERS\n"));
    EXPECT_THAT(ending.text, HasSubstr("\nmax_head = \"8KiB\"  # default\n"));
    EXPECT_THAT(ending.text, HasSubstr("\npassword = \"***\"  # CONFCAST_ETCD_PASSWORD\n"));
    EXPECT_THAT(ending.text, Not(HasSubstr("hunter2")));
}

TEST(ConfigCommand, CheckLooksIntoTheFilesThatAreNamed) {
    EXPECT_EQ(run({"check"}).code, 0);
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "c.toml";
    test::write_file(path, "[access]\ncredentials = \"" + (directory.path() / "none.json").string() + "\"\n");
    const Ending ending = run({"check", "--config", path});
    EXPECT_EQ(ending.code, 7);
    EXPECT_THAT(ending.text, HasSubstr("none.json"));
    const Ending tls = run({"check", "--tls-cert=/nonexistent/a", "--tls-key=/nonexistent/b"});
    EXPECT_EQ(tls.code, 7);
    EXPECT_THAT(tls.text, HasSubstr("/nonexistent/"));
}

TEST(TomlValue, IsWhatAFileSays) {
    using Kind = Setting::Kind;
    EXPECT_EQ(toml_value(Kind::text, {"a\"b\\c\n"}), R"("a\"b\\c\u000a")");
    EXPECT_EQ(toml_value(Kind::number, {"12"}), "12");
    EXPECT_EQ(toml_value(Kind::number, {"12KiB"}), R"("12KiB")");
    EXPECT_EQ(toml_value(Kind::truth, {"true"}), "true");
    EXPECT_EQ(toml_value(Kind::list, {}), "[]");
    EXPECT_EQ(toml_value(Kind::list, {"a", "b"}), R"(["a", "b"])");
}

}  // namespace
}  // namespace confcast::app
