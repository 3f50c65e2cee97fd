// Long polls on the real server: a change, a time-out, restarts.
#include <gtest/gtest.h>

#include <csignal>

#include "watcher.hpp"
#include "writers.hpp"

namespace confcast::test {
namespace {

/// A client that asks again and again, each time from the position of the last answer.
class Poller {
  public:
    Poller(const Server& server, std::string path) : path_(std::move(path)), http_(server.http()) {}

    /// Begins to wait and returns at once.
    void ask(const std::string& wait = "30s") {
        http_.send(load::http_request("GET", path_ + "wait=" + wait + "&since=" + position_));
    }
    load::HttpResponse answer() {
        auto response = http_.receive();
        const std::string at(response.header("X-Confcast-Revision"));
        if (!at.empty()) position_ = at;
        return response;
    }
    load::HttpResponse ask_and_answer(const std::string& wait = "30s") {
        ask(wait);
        return answer();
    }
    void disconnect() { http_.disconnect(); }
    const std::string& position() const { return position_; }

  private:
    std::string path_;
    load::HttpClient http_;
    std::string position_ = "0";
};

std::string value_of(const load::HttpResponse& response) {
    return std::string(envelope_of(response).at("data").at("value").as_string());
}

/// Returns when so many polls wait in the server.
void wait_until_held(const Server& server, int polls) {
    const auto line = "confcast_push_polls " + std::to_string(polls) + "\n";
    const auto deadline = load::Clock::now() + std::chrono::seconds{20};
    while (server.http().get("/metrics").body.find(line) == std::string::npos)
        ASSERT_LT(load::Clock::now(), deadline) << "not held";
}

KnownMap entries_of(const load::HttpResponse& response) {
    KnownMap all;
    const auto envelope = envelope_of(response);
    for (const auto& each : envelope.at("data").at("entries").as_array())
        all[std::string(each.at("key").as_string())] = {std::string(each.at("value").as_string()),
                                                        each.at("mod_revision").to_number<std::int64_t>(),
                                                        each.at("version").to_number<std::int64_t>()};
    return all;
}

TEST(LongPoll, IsHeldUntilTheSettingChanges) {
    const Server server;
    server.put("app/a", "1");
    Poller poller(server, "/config/app/a?");
    EXPECT_EQ(value_of(poller.ask_and_answer()), "1");
    poller.ask();
    wait_until_held(server, 1);
    server.put("app/b", "another");
    wait_until_held(server, 1);
    server.put("app/a", "2");
    EXPECT_EQ(value_of(poller.answer()), "2");
    wait_until_held(server, 0);
    EXPECT_NE(server.http().get("/metrics").body.find("confcast_push_polls_woken_total 1\n"), std::string::npos);
}

TEST(LongPoll, WithoutAChangeItIs304AndThePositionMovesOn) {
    const Server server;
    server.put("app/a", "1");
    Poller poller(server, "/config?prefix=app/&");
    EXPECT_EQ(poller.ask_and_answer().status, 200U);
    server.put("other", "1");
    const auto answer = poller.ask_and_answer("300ms");
    EXPECT_EQ(answer.status, 304U);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(poller.position(), server.position());
    EXPECT_EQ(poller.ask_and_answer("1ms").status, 304U) << "the connection goes on";
}

TEST(LongPoll, ADeleteIs404) {
    const Server server;
    server.put("app/a", "1");
    Poller poller(server, "/config/app/a?");
    poller.ask_and_answer();
    poller.ask();
    wait_until_held(server, 1);
    ASSERT_EQ(server.http().del("/config/app/a").status, 200U);
    const auto answer = poller.answer();
    EXPECT_EQ(code_of(answer), 40401);
    EXPECT_EQ(server.position().substr(17),
              std::to_string(envelope_of(answer).at("data").at("mod_revision").to_number<std::int64_t>()));
}

TEST(LongPoll, AfterAKillNothingIsLostOrRepeated) {
    Server server;
    server.put("app/a", "1");
    server.put("app/gone", "1");
    Poller key(server, "/config/app/a?");
    Poller prefix(server, "/config?prefix=app/&");
    key.ask_and_answer();
    prefix.ask_and_answer();
    key.ask();
    prefix.ask();
    wait_until_held(server, 2);
    server.kill();
    EXPECT_THROW(key.answer(), std::runtime_error);
    EXPECT_THROW(prefix.answer(), std::runtime_error);
    server.start();
    EXPECT_EQ(key.ask_and_answer("1ms").status, 304U) << "nothing has changed: nothing is repeated";
    EXPECT_EQ(prefix.ask_and_answer("1ms").status, 304U);

    server.put("app/a", "2");
    ASSERT_EQ(server.http().del("/config/app/gone").status, 200U);
    server.kill();
    server.start();
    key.disconnect();
    prefix.disconnect();
    EXPECT_EQ(value_of(key.ask_and_answer()), "2");
    EXPECT_EQ(entries_of(prefix.ask_and_answer()), list_all(server, "app/"));
    EXPECT_EQ(key.ask_and_answer("1ms").status, 304U);
    EXPECT_EQ(prefix.ask_and_answer("1ms").status, 304U);
}

TEST(LongPoll, UnderLoadItComesToTheStoresState) {
    const Server server;
    Poller poller(server, "/config?limit=1000&prefix=load/&");
    Writers writers(server, {.threads = 4, .keys = 20, .delete_every = 5});
    KnownMap known;
    std::size_t answers = 0;
    const auto poll = [&](const std::string& wait) {
        const auto before = poller.position();
        const auto response = poller.ask_and_answer(wait);
        if (response.status == 304) return false;
        EXPECT_EQ(response.status, 200U) << response.body;
        EXPECT_NE(poller.position(), before) << "an answer without anything new";
        known = entries_of(response);
        ++answers;
        return true;
    };
    while (writers.acknowledged() < 1'000) poll("30s");
    writers.stop();
    while (poll("1ms")) {
    }
    EXPECT_GT(answers, 1U);
    EXPECT_EQ(known, list_all(server, "load/"));
}

TEST(LongPoll, SigtermEndsItWith304AndTheServerEnds) {
    Server server;
    server.put("app/a", "1");
    Poller poller(server, "/config/app/a?");
    poller.ask_and_answer();
    poller.ask("60s");
    wait_until_held(server, 1);
    server.signal(SIGTERM);
    const auto answer = poller.answer();
    EXPECT_EQ(answer.status, 304U);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(server.wait(std::chrono::seconds{30}), 0);
}

TEST(LongPoll, AnotherHistorysPositionIs41002) {
    const Server server;
    server.put("app/a", "1");
    const auto answer = server.http().get("/config/app/a?wait=30s&since=0123456789abcdef:5");
    EXPECT_EQ(code_of(answer), 41002);
    const auto revision = envelope_of(answer).at("data").at("revision").to_number<std::int64_t>();
    EXPECT_EQ(server.http().get("/config/app/a?wait=1ms&since=" + std::to_string(revision)).status, 304U);
}

}  // namespace
}  // namespace confcast::test
