// What of a new configuration is applied while the server runs.
#include "reloader.hpp"

#include <gmock/gmock.h>

#include "confcast/test/files.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ReloaderTest : public testing::Test {
  protected:
    Reloader start(const std::string& text, std::vector<std::string> flags = {}) {
        say(text);
        flags.insert(flags.begin(), {"--config", path});
        const Invocation invocation{std::move(flags), {}};
        const auto read = configure(invocation);
        return {invocation, std::get<Configuration>(read)};
    }
    void say(const std::string& text) { test::write_file(path, text); }

    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "confcastd.toml";
};

TEST_F(ReloaderTest, NothingNewIsNothing) {
    Reloader reloader = start("[log]\nlevel = \"error\"\n");
    const auto read = reloader.read();
    EXPECT_THAT(std::get<Reloader::Change>(read).applied, IsEmpty());
    EXPECT_THAT(std::get<Reloader::Change>(read).needs_restart, IsEmpty());
}

TEST_F(ReloaderTest, WhatIsLiveIsAppliedAndTheRestIsNamedUntilTheRestart) {
    Reloader reloader = start("");
    say("[log]\nlevel = \"error\"\n[server]\nlisten = \"127.0.0.1:9\"\n[limits]\naddress_rate = 3\n");
    for (const bool again : {false, true}) {
        const auto read = reloader.read();
        const auto& change = std::get<Reloader::Change>(read);
        EXPECT_EQ(change.options.log_level, LogLevel::error);
        EXPECT_EQ(change.options.api.address_rate.per_second, 3U);
        EXPECT_EQ(change.options.server.port, 8080) << "what runs";
        if (again)
            EXPECT_THAT(change.applied, IsEmpty());
        else
            EXPECT_THAT(change.applied, ElementsAre("log.level", "limits.address_rate"));
        EXPECT_THAT(change.needs_restart, ElementsAre("server.listen"));
    }
    say("");
    const auto read = reloader.read();
    EXPECT_THAT(std::get<Reloader::Change>(read).applied, ElementsAre("log.level", "limits.address_rate"));
    EXPECT_THAT(std::get<Reloader::Change>(read).needs_restart, IsEmpty()) << "it is as it was";
}

TEST_F(ReloaderTest, AMistakeAnywhereChangesNothing) {
    Reloader reloader = start("[log]\nlevel = \"error\"\n");
    say("[log]\nlevel = \"debug\"\nformt = 1\n[streams]\nmax_filters = 0\n");
    const auto wrong = reloader.read();
    EXPECT_THAT(std::get<1>(wrong), ElementsAre(HasSubstr(path + ":3:1: there is no setting log.formt"),
                                                HasSubstr(path + ":5:15: streams.max_filters")));
    say("[log]\nlevel = \"debug\"\n");
    const auto right = reloader.read();
    EXPECT_THAT(std::get<Reloader::Change>(right).applied, ElementsAre("log.level"));
}

TEST_F(ReloaderTest, AFlagStillBeatsTheFile) {
    Reloader reloader = start("", {"--log-level=error"});
    say("[log]\nlevel = \"debug\"\n");
    const auto read = reloader.read();
    EXPECT_THAT(std::get<Reloader::Change>(read).applied, IsEmpty());
    EXPECT_EQ(std::get<Reloader::Change>(read).options.log_level, LogLevel::error);
}

TEST_F(ReloaderTest, APortDoesNotBeginToSpeakTlsWhileItIsOpen) {
    Reloader reloader = start("");
    say("[tls]\ncert = \"c\"\nkey = \"k\"\n");
    const auto begun = reloader.read();
    EXPECT_THAT(std::get<Reloader::Change>(begun).needs_restart, ElementsAre("tls.cert", "tls.key"));
    EXPECT_FALSE(std::get<Reloader::Change>(begun).options.tls.wanted());

    Reloader secure = start("[tls]\ncert = \"c\"\nkey = \"k\"\n");
    say("[tls]\ncert = \"d\"\nkey = \"k\"\nmin_version = \"1.3\"\n");
    const auto moved = secure.read();
    EXPECT_THAT(std::get<Reloader::Change>(moved).applied, ElementsAre("tls.cert", "tls.min_version"));
    EXPECT_EQ(std::get<Reloader::Change>(moved).options.tls.files.certificate_file, "d");
}

TEST_F(ReloaderTest, WhatTheNewIsRightWithAndTheRunningIsNotIsRefused) {
    // --insecure-no-auth takes a restart, as the credentials do: until then nothing of it counts.
    Reloader reloader = start("[server]\ninsecure_no_auth = true\nlisten = \"0.0.0.0:1\"\n");
    say("[server]\nlisten = \"0.0.0.0:1\"\n[access]\nstored_tokens = true\n[log]\nlevel = \"error\"\n");
    const auto read = reloader.read();
    const auto& change = std::get<Reloader::Change>(read);
    EXPECT_THAT(change.needs_restart, ElementsAre("server.insecure_no_auth", "access.stored_tokens"));
    EXPECT_THAT(change.applied, ElementsAre("log.level"));
    EXPECT_TRUE(change.options.no_auth);
}

}  // namespace
}  // namespace confcast::app
