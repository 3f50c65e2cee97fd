// confcast watch: what it shows, what it runs, and that it misses nothing while servers come and go.
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <sstream>
#include <thread>

#include "tool.hpp"

namespace confcast::test {
namespace {

bool eventually(const std::function<bool()>& condition) {
    const auto end = load::Clock::now() + std::chrono::seconds{60};
    while (!condition()) {
        if (load::Clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The stream is there when the server counts it.
void wait_for_streams(const Server& server, int count) {
    ASSERT_TRUE(eventually([&] {
        return server.http()
                   .get("/metrics")
                   .body.find("confcast_push_sessions{transport=\"websocket\"} " + std::to_string(count) + "\n") !=
               std::string::npos;
    }));
}

TEST(WatchCommand, ShowsChangesUntilTheCount) {
    const Server server;
    const Tool tool(server);
    server.put("app/before", "x");
    Tool::Running watch(tool, {"watch", "app/", "--count", "2"});
    wait_for_streams(server, 1);
    server.put("other", "1");
    server.put("app/a", "one\ntwo");
    tool.run({"del", "app/a"});
    const Ended ended = watch.wait();
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_EQ(ended.out, "4 put app/a one\\ntwo\n5 delete app/a\n");
}

TEST(WatchCommand, ShowsWhatIsThereWhenAsked) {
    const Server server;
    const Tool tool(server);
    server.put("app/a", "1");
    const Ended ended = tool.run({"watch", "app/", "--initial", "--count", "1", "-o", "json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.json().at("op").as_string(), "put");
    EXPECT_EQ(ended.json().at("value").as_string(), "1");
}

TEST(WatchCommand, BeginsAtAPosition) {
    const Server server;
    const Tool tool(server);
    server.put("app/a", "1");
    server.put("app/b", "1");
    tool.run({"del", "app/a"});
    server.put("app/c", "1");
    const std::string expected = "3 put app/b 1\n4 delete app/a\n5 put app/c 1\n";
    EXPECT_EQ(tool.run({"watch", "app/", "--since", "2", "--count", "3"}).out, expected);
    const std::string position = server.position();
    const std::string epoch = position.substr(0, position.find(':'));
    EXPECT_EQ(tool.run({"watch", "app/", "--since", epoch + ":2", "--count", "3"}).out, expected);
    EXPECT_EQ(tool.run({"watch", "--since", "yesterday"}).code, 2);
    EXPECT_EQ(tool.run({"watch", "--since", "0"}).code, 2);
    EXPECT_EQ(tool.run({"watch", "--since", "2", "--initial"}).code, 2);
}

TEST(WatchCommand, TakesKeysAndGlobs) {
    const Server server;
    const Tool tool(server);
    Tool::Running watch(tool, {"watch", "--key", "a", "--glob", "app/*/db", "--count", "2", "-o", "value"});
    wait_for_streams(server, 1);
    for (const auto* key : {"b", "app/db", "app/eu/db", "a"}) server.put(key, key);
    EXPECT_EQ(watch.wait().out, "app/eu/db\na\n");
}

TEST(WatchCommand, EndsInTime) {
    const Server server;
    const Tool tool(server);
    EXPECT_EQ(tool.run({"watch", "--timeout", "200ms"}).code, 0);
    EXPECT_EQ(tool.run({"watch", "--timeout", "200ms", "--count", "1"}).code, 6);
    EXPECT_EQ(tool.run({"watch", "--timeout", "soon"}).code, 2);
    EXPECT_EQ(tool.run({"watch", "a//b"}).code, 2);
}

TEST(WatchCommand, IsInterruptedWith130) {
    const Server server;
    const Tool tool(server);
    Tool::Running watch(tool, {"watch"});
    wait_for_streams(server, 1);
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait().code, 130);
}

TEST(WatchCommand, RunsACommandForEachChange) {
    const Server server;
    const Tool tool(server);
    Tool::Running watch(tool,
                        {"watch", "app/", "--count", "3", "--", "sh", "-c",
                         "echo $CONFCAST_OP $CONFCAST_KEY $CONFCAST_REVISION \"$(cat)\"; test $CONFCAST_KEY != app/b"});
    wait_for_streams(server, 1);
    server.put("app/a", "x $(id)");
    server.put("app/b", std::string(300'000, 'y'));  // more than a pipe holds, to a command that need not read it
    tool.run({"del", "app/a"});
    const Ended ended = watch.wait();
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_EQ(ended.out, "put app/a 2 x $(id)\nput app/b 3 " + std::string(300'000, 'y') + "\ndelete app/a 4 \n");
    EXPECT_EQ(ended.error, "confcast: sh ended with 1 for app/b\n");
    EXPECT_EQ(tool.run({"watch", "--initial", "--count", "1", "--", "/none/such"}).code, 2);
}

// The "Done when" of it: servers are killed and ended under writes; what is printed is what the store's history says.
TEST(WatchCommand, MissesAndRepeatsNothingThroughFiftyRestarts) {
    Server server;
    const Tool tool(server);
    Tool::Running watch(tool, {"watch", "app/", "-o", "json"});
    wait_for_streams(server, 1);
    std::vector<std::string> written;
    const auto write = [&](int n) {
        const std::string key = "app/" + std::to_string(n % 7);
        const auto revision = server.put(key, std::to_string(n));
        written.push_back(std::to_string(revision) + ' ' + key + ' ' + std::to_string(n));
    };
    int n = 0;
    const int restarts = sanitized() ? 10 : 50;
    for (int i = 0; i < restarts; ++i) {
        for (int k = 0; k < 5; ++k) write(n++);
        if (i % 2 == 0)
            server.kill();
        else
            ASSERT_EQ(server.terminate(), 0);
        server.start();
        for (int k = 0; k < 5; ++k) write(n++);  // before the tool is back
    }
    ASSERT_TRUE(eventually([&] { return lines_of(watch.out()).size() >= written.size(); })) << watch.error();
    std::vector<std::string> seen;
    for (const std::string& line : lines_of(watch.out())) {
        const json::value event = json::parse(line);
        seen.push_back(std::to_string(event.at("mod_revision").as_int64()) + ' ' +
                       std::string(event.at("key").as_string()) + ' ' + std::string(event.at("value").as_string()));
    }
    EXPECT_EQ(seen, written);
}

}  // namespace
}  // namespace confcast::test
