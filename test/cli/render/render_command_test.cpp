// `confcast render` against a server: the real programs.
#include <gmock/gmock.h>
#include <poll.h>

#include <csignal>
#include <functional>

#include "../../integration/server.hpp"
#include "files.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;
using cli::templates::about;
using cli::templates::names_in;
using cli::templates::read;
using cli::templates::same_file;
using cli::templates::write;
using testing::ElementsAre;
using testing::HasSubstr;

bool eventually(const std::function<bool()>& condition) {
    const auto deadline = load::Clock::now() + 60s;
    while (!condition()) {
        if (load::Clock::now() > deadline) return false;
        ::poll(nullptr, 0, 5);
    }
    return true;
}

class TheRenderCommand : public testing::Test {
  protected:
    TheRenderCommand() { write(template_, "port={{ get \"app/port\" }}\n"); }

    std::unique_ptr<ChildProcess> start(std::vector<std::string> flags, const std::string& pair = "") {
        std::vector<std::string> argv{CONFCAST, "--server", server_.endpoint().to_string(), "render",
                                      pair.empty() ? template_.string() + ':' + file_.string() : pair};
        argv.insert(argv.end(), flags.begin(), flags.end());
        return std::make_unique<ChildProcess>(argv, directory_.path() / ("log" + std::to_string(++runs_)));
    }
    /// Its exit code; what it printed goes to printed_.
    int run(std::vector<std::string> flags, const std::string& pair = "") {
        const auto child = start(std::move(flags), pair);
        const auto code = child->wait(60s);
        printed_ = child->output();
        return code.value_or(-1);
    }
    bool becomes(const std::string& text) {
        return eventually([&] { return read(file_) == text; });
    }
    /// Of the one client that the server has: "status at revision: error", or "".
    std::string ack() const {
        const auto data = envelope_of(server_.http().get("/api/v1/clients")).at("data");
        const auto& clients = data.at("clients").as_array();
        if (clients.size() != 1 || !clients[0].as_object().contains("ack")) return "";
        const auto& ack = clients[0].at("ack").as_object();
        return std::string(ack.at("status").as_string()) + " at " +
               std::to_string(ack.at("seq_id").to_number<std::int64_t>()) +
               (ack.contains("key") ? " for " + std::string(ack.at("key").as_string()) : "") +
               (ack.contains("error") ? ": " + std::string(ack.at("error").as_string()) : "");
    }
    bool ack_becomes(const std::string& begin) {
        const bool is = eventually([&] { return ack().starts_with(begin); });
        EXPECT_TRUE(is) << ack();
        return is;
    }
    std::string path(const char* name) const { return (directory_.path() / name).string(); }

    Server server_;
    TemporaryDirectory directory_;
    std::filesystem::path template_ = directory_.path() / "app.tmpl";
    std::filesystem::path file_ = directory_.path() / "app.conf";
    std::string printed_;
    int runs_ = 0;
};

TEST_F(TheRenderCommand, OnceMakesTheFileAndEnds) {
    server_.put("app/port", "8080");
    EXPECT_EQ(run({"--once", "--mode", "0600", "--check", "grep -q 8080 {}", "--reload", "touch " + path("reloaded")}),
              0)
        << printed_;
    EXPECT_EQ(read(file_), "port=8080\n");
    EXPECT_EQ(cli::templates::mode(file_), 0600U);
    EXPECT_EQ(printed_, "written " + file_.string() + "\n");
    EXPECT_TRUE(std::filesystem::remove(path("reloaded")));

    const auto before = about(file_);
    EXPECT_EQ(run({"--once", "--reload", "touch " + path("reloaded"), "-o", "json"}), 0) << printed_;
    EXPECT_TRUE(same_file(before, about(file_)));
    EXPECT_FALSE(std::filesystem::exists(path("reloaded")));
    EXPECT_EQ(json::parse(printed_).at("state").as_string(), "unchanged");
}

TEST_F(TheRenderCommand, OnceSaysByItsExitCodeWhatIsWrong) {
    EXPECT_EQ(run({"--once"}), 3);
    EXPECT_THAT(printed_, HasSubstr("app.tmpl:1:6: there is no \"app/port\""));
    EXPECT_FALSE(std::filesystem::exists(file_));

    server_.put("app/port", "8080");
    EXPECT_EQ(run({"--once", "--check", "echo {} is bad; exit 9"}), 1);
    EXPECT_THAT(printed_, HasSubstr("ended with 9"));
    EXPECT_FALSE(std::filesystem::exists(file_));
    EXPECT_EQ(run({"--once", "--reload", "exit 9"}), 1);
    EXPECT_THAT(printed_, HasSubstr("the reload command ended with 9"));
    EXPECT_EQ(read(file_), "port=8080\n") << "the file stays";

    write(template_, "a\n{{ gett \"app/port\" }}");
    EXPECT_EQ(run({}), 7);
    EXPECT_THAT(printed_, HasSubstr("app.tmpl:2:4: \"gett\" is no word"));
    write(template_, "{{ json \"app/port\" }}");
    server_.put("app/port", "\xFF");
    EXPECT_EQ(run({"--once"}), 7);

    EXPECT_EQ(run({"--once"}, "no-colon"), 2);
    EXPECT_EQ(run({"--once"}, path("gone") + ":" + file_.string()), 2);
    EXPECT_EQ(run({"--once", "--check", "true"}), 2);
    EXPECT_EQ(run({"--once", "--mode", "rw"}), 2);
    server_.kill();
    EXPECT_EQ(run({"--once", "--timeout-per-call", "300ms"}), 6);
}

TEST_F(TheRenderCommand, WithoutSettingsNoServerIsAsked) {
    server_.kill();
    write(template_, "plain {{ \"{{\" }}\n");
    EXPECT_EQ(run({}), 0) << printed_;
    EXPECT_EQ(read(file_), "plain {{\n");
}

TEST_F(TheRenderCommand, ADryRunShowsTheDifferenceAndTellsNobody) {
    server_.put("app/port", "8080");
    write(file_, "port=1\n");
    EXPECT_EQ(run({"--dry-run", "--reload", "touch " + path("reloaded")}), 0);
    EXPECT_THAT(printed_, HasSubstr("would change " + file_.string()));
    EXPECT_THAT(printed_, HasSubstr("-port=1"));
    EXPECT_THAT(printed_, HasSubstr("+port=8080"));
    EXPECT_EQ(read(file_), "port=1\n");
    EXPECT_FALSE(std::filesystem::exists(path("reloaded")));
}

TEST_F(TheRenderCommand, AChangeIsRenderedAndAcknowledged) {
    const auto first = server_.put("app/port", "1");
    const auto render = start({"--client-id", "web-1", "--reload", "cp " + file_.string() + ' ' + path("loaded")});
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(first)));
    EXPECT_EQ(read(file_), "port=1\n");
    const auto second = server_.put("app/port", "2");
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(second)));
    EXPECT_EQ(read(file_), "port=2\n") << "acknowledged only when it is done";
    EXPECT_EQ(read(path("loaded")), "port=2\n") << "the reload included";
    EXPECT_THAT(std::string(server_.http().get("/api/v1/clients?client_id=web-1").body), HasSubstr("applied"));
    render->signal(SIGTERM);
    EXPECT_EQ(render->wait(60s), 130);
}

TEST_F(TheRenderCommand, AFailingCheckKeepsTheOldFileAndIsShownToTheServer) {
    server_.put("app/port", "1");
    const auto render = start({"--check", "! grep -q bad {} || (echo line; echo port must be a number; exit 1)"});
    ASSERT_TRUE(becomes("port=1\n"));
    const auto before = about(file_);
    const auto bad = server_.put("app/port", "bad");
    ASSERT_TRUE(ack_becomes("failed at " + std::to_string(bad)));
    EXPECT_THAT(ack(), HasSubstr("port must be a number"));
    EXPECT_TRUE(same_file(before, about(file_)));
    const auto good = server_.put("app/port", "3");
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(good)));
    EXPECT_EQ(read(file_), "port=3\n");
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("app.conf", "app.tmpl", "log1")) << "nothing is left over";
}

TEST_F(TheRenderCommand, AKeyThatIsDeletedIsNamedToTheServerAndTheFileStays) {
    server_.put("app/port", "1");
    const auto render = start({});
    ASSERT_TRUE(becomes("port=1\n"));
    server_.http().del("/config/app/port");
    ASSERT_TRUE(ack_becomes("failed at "));
    EXPECT_THAT(ack(), HasSubstr("for app/port: "));
    EXPECT_EQ(read(file_), "port=1\n");
    EXPECT_THAT(render->output(), HasSubstr("there is no \"app/port\""));
    server_.put("app/port", "2");
    EXPECT_TRUE(becomes("port=2\n"));
}

TEST_F(TheRenderCommand, AChangeThatAltersNoTextTouchesNothing) {
    server_.put("app/port", "1");
    const auto render = start({"--reload", "echo >> " + path("reloads")});
    ASSERT_TRUE(ack_becomes("applied"));
    const auto before = about(file_);
    const auto again = server_.put("app/port", "1");
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(again)));
    EXPECT_TRUE(same_file(before, about(file_)));
    EXPECT_EQ(read(path("reloads")), "\n");
}

TEST_F(TheRenderCommand, QuickWritesWhileACommandRunsEndInTheLastOne) {
    server_.put("app/port", "0");
    const auto render =
        start({"--reload", "sleep 0.05; cp " + file_.string() + ' ' + path("loaded") + "; echo >> " + path("reloads")});
    ASSERT_TRUE(ack_becomes("applied"));
    std::int64_t last = 0;
    for (int i = 1; i <= 20; ++i) last = server_.put("app/port", std::to_string(i));
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(last)));
    EXPECT_EQ(read(file_), "port=20\n");
    EXPECT_EQ(read(path("loaded")), "port=20\n");
    EXPECT_LE(std::ranges::count(read(path("reloads")), '\n'), 21);
}

TEST_F(TheRenderCommand, ChangesThatComeTogetherAreRenderedTogether) {
    server_.put("app/port", "0");
    const auto render = start({"--wait", "200ms", "--reload", "echo >> " + path("reloads")});
    ASSERT_TRUE(ack_becomes("applied"));
    std::int64_t last = 0;
    for (int i = 1; i <= 5; ++i) last = server_.put("app/port", std::to_string(i));
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(last)));
    EXPECT_EQ(read(file_), "port=5\n");
    EXPECT_LT(std::ranges::count(read(path("reloads")), '\n'), 6);
}

TEST_F(TheRenderCommand, ARestartOfTheServerIsSurvivedAndItIsToldAgain) {
    server_.put("app/port", "1");
    const auto render = start({});
    ASSERT_TRUE(ack_becomes("applied"));
    server_.kill();
    server_.start();
    EXPECT_TRUE(ack_becomes("applied")) << "the new server has not been told anything before";
    const auto before = about(file_);
    const auto second = server_.put("app/port", "2");
    ASSERT_TRUE(ack_becomes("applied at " + std::to_string(second)));
    EXPECT_EQ(read(file_), "port=2\n");
    EXPECT_FALSE(same_file(before, about(file_)));
}

TEST_F(TheRenderCommand, AReloadThatFailsIsShownAndTriedAgain) {
    server_.put("app/port", "1");
    const auto render = start({"--retry", "50ms", "--reload", "test -e " + path("healthy")});
    ASSERT_TRUE(ack_becomes("failed"));
    EXPECT_THAT(ack(), HasSubstr("the reload command ended with 1"));
    EXPECT_EQ(read(file_), "port=1\n");
    write(path("healthy"), "");
    EXPECT_TRUE(ack_becomes("applied"));
}

TEST_F(TheRenderCommand, AnInterruptWaitsForTheReload) {
    server_.put("app/port", "1");
    const auto render = start({"--reload", "touch " + path("begun") + "; sleep 0.3; touch " + path("reloaded")});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path("begun")); }));
    render->signal(SIGTERM);
    EXPECT_EQ(render->wait(60s), 130);
    EXPECT_TRUE(std::filesystem::exists(path("reloaded")));
}

TEST_F(TheRenderCommand, AnInterruptEndsTheCheckAndLeavesNothingOver) {
    server_.put("app/port", "1");
    const auto render = start({"--check", ": {}; touch " + path("begun") + "; sleep 1000"});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path("begun")); }));
    render->signal(SIGTERM);
    EXPECT_EQ(render->wait(60s), 130);
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("app.tmpl", "begun", "log1"));
}

TEST_F(TheRenderCommand, ATemplateOfManyKeysIsWatchedWhole) {
    std::string text;
    for (int i = 0; i < 150; ++i) {
        text += "{{ get \"many/" + std::to_string(i) + "\" \"-\" }}";
        if (i % 50 == 0) server_.put("many/" + std::to_string(i), "x");
    }
    write(template_, text);
    const auto render = start({});
    ASSERT_TRUE(ack_becomes("applied"));
    server_.put("many/149", "last");
    EXPECT_TRUE(eventually([&] { return read(file_).ends_with("last"); }));
    EXPECT_EQ(std::ranges::count(read(file_), 'x'), 3);
}

}  // namespace
}  // namespace confcast::test
