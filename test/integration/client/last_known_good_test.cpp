// A program that starts while no server answers.
#include <filesystem>
#include <fstream>

#include "client_fixture.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::client::test {
namespace {

class StartFromFile : public ClientTest {
  protected:
    Options options() {
        Options made = to(server);
        made.last_known_good = file;
        made.backoff_max = milliseconds{100};
        return made;
    }
    /// A life of the program: it hears of `key`, and ends.
    void live_until(const std::string& key) {
        Client client(io, options());
        Follower follower;
        const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback()).value();
        ASSERT_TRUE(until([&] { return follower.value(key).has_value(); }));
    }

    confcast::test::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "settings";
    Server server;
};

TEST_F(StartFromFile, ItHasWhatItHadAndThenTheDifference) {
    server.put("app/a", "1");
    server.put("app/b", "1");
    server.put("other", "1");
    live_until("app/b");
    server.put("app/b", "2");
    server.kill();

    Client client(io, options());
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.changes.size() == 1; }));
    EXPECT_EQ(follower.value("app/a"), "1");
    EXPECT_EQ(follower.value("app/b"), "1");
    EXPECT_TRUE(client.status().from_file);
    EXPECT_EQ(client.status().state, StreamState::stale);
    EXPECT_EQ(client.status().failure->kind, FailureKind::unreachable);

    server.start();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live && follower.changes.size() == 2; }));
    EXPECT_EQ(follower.value("app/b"), "2");
    EXPECT_EQ(follower.changes.back().events.size(), 1U);
    EXPECT_EQ(follower.changes.back().cause, Change::Cause::update) << "the file's position was good enough to resume";
    EXPECT_FALSE(client.status().from_file);
    EXPECT_EQ(follower.violations, std::vector<std::string>{});
}

TEST_F(StartFromFile, ItIsWrittenWhileTheProgramRunsNotOnlyAtItsEnd) {
    Options quick = options();
    quick.save_every = milliseconds{1};
    Client client(io, quick);
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback()).value();
    const auto holds = [&](const std::string& text) {
        std::ifstream in(file);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        return bytes.find(text) != std::string::npos;
    };
    for (const std::string& value : std::vector<std::string>{"first-value", "second-value", "third-value"}) {
        server.put("app/a", value);
        ASSERT_TRUE(until([&] { return holds(value); })) << value;
    }
}

TEST_F(StartFromFile, ADamagedFileIsSaidAndNotBelieved) {
    server.put("app/a", "1");
    live_until("app/a");
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
    server.kill();

    std::vector<std::string> said;
    Options told = options();
    told.on_status = [&](const Status& status) {
        if (status.failure && status.failure->kind == FailureKind::file) said.push_back(status.failure->message);
    };
    Client client(io, told);
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().retry_in.has_value(); }));
    ASSERT_FALSE(said.empty());
    EXPECT_NE(said[0].find("checksum"), std::string::npos) << said[0];
    EXPECT_EQ(follower.changes.size(), 0U);
    server.start();
    ASSERT_TRUE(until([&] { return follower.value("app/a") == "1"; }));
}

}  // namespace
}  // namespace confcast::client::test
