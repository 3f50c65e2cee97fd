// The configuration of a server that runs: read again by SIGHUP and by POST /-/reload, with a stream open all the time.
#include <gmock/gmock.h>

#include <csignal>
#include <functional>
#include <thread>

#include "confcast/load/websocket.hpp"
#include "confcast/test/eventually.hpp"
#include "confcast/test/files.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

using testing::HasSubstr;

class ReloadedServer : public testing::Test {
  protected:
    ReloadedServer() {
        say("");
        server_.emplace(ServerSetup{.flags = {"--config", file_, "--log-format=text"}});
    }
    void say(const std::string& text) { write_file(file_, "[server]\nreload_endpoint = true\n" + text); }
    json::object reload() { return envelope_of(server_->http().request("POST", "/-/reload")); }
    unsigned put_status(const std::string& value) {
        return server_->http().put("/config/app/a", value, {{"Content-Type", "text/plain"}}).status;
    }

    TemporaryDirectory directory_;
    const std::string file_ = directory_.path() / "confcastd.toml";
    std::optional<Server> server_;
};

TEST_F(ReloadedServer, TakesWhatIsLiveAndKeepsItsStreams) {
    load::WebSocketClient stream(server_->endpoint(), "/api/v1/watch?prefix=app/");
    ASSERT_TRUE(stream.receive());
    EXPECT_EQ(put_status("12345678") / 100, 2U);
    say("[settings]\nmax_value = 4\n[server.x]\n");
    const json::object wrong = reload();
    EXPECT_EQ(wrong.at("code"), 50002);
    EXPECT_THAT(json::serialize(wrong), HasSubstr("confcastd.toml:5:"));
    EXPECT_EQ(put_status("12345678") / 100, 2U) << "nothing of a wrong one counts";

    say("listen = \"127.0.0.1:1\"\n[settings]\nmax_value = 4\n");
    EXPECT_EQ(json::serialize(reload().at("data")), R"({"applied":["settings.max_value"],"needs_restart":[]})")
        << "the flag beats the file";
    EXPECT_EQ(put_status("12345678"), 413U);
    EXPECT_EQ(put_status("last"), 200U);
    EXPECT_TRUE(eventually([&] {
        const auto message = stream.receive();
        return (message && message->find("last") != std::string::npos) || stream.ended();
    }));
    EXPECT_FALSE(stream.ended());
}

TEST_F(ReloadedServer, DoesAtAHangupWhatTheEndpointDoes) {
    say("[settings]\nmax_value = 4\n[streams]\nencoded_bytes = \"1MiB\"\n[log]\nlevel = \"debug\"\n");
    server_->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return put_status("12345678") == 413U; }));
    EXPECT_TRUE(eventually([&] { return server_->output().find("a setting takes a restart") != std::string::npos; }));
    EXPECT_THAT(server_->output(), HasSubstr("setting=streams.encoded_bytes"));
    EXPECT_THAT(server_->http().get("/metrics").body, HasSubstr("confcast_config_last_reload_successful 1"));

    say("[settings]\nmax_valeu = 400\n");
    server_->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] {
        return server_->http().get("/metrics").body.find("confcast_config_last_reload_successful 0") !=
               std::string::npos;
    }));
    EXPECT_TRUE(
        eventually([&] { return server_->output().find("Did you mean settings.max_value?") != std::string::npos; }));
    EXPECT_EQ(put_status("12345678"), 413U) << "the old one goes on";
}

TEST(WrongConfiguration, IsNoStartAndExitSeven) {
    const TemporaryDirectory directory;
    const std::string file = directory.path() / "c.toml";
    write_file(file, "[log]\nlevel = \"loud\"\n");
    ChildProcess process({Server::binary(), "--config", file}, directory.path() / "start.log");
    EXPECT_EQ(process.wait(std::chrono::seconds{20}), 7);
    EXPECT_THAT(process.output(), HasSubstr(file + ":2:9: log.level"));
    ChildProcess check({Server::binary(), "config", "check", "--config", file}, directory.path() / "check.log");
    EXPECT_EQ(check.wait(std::chrono::seconds{20}), 7);
}

}  // namespace
}  // namespace confcast::test
