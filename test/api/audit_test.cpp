// Every write, every change of a token and every refusal is a line; no value and no credential is in any.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "access_world.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;
using testing::Not;

class AuditTest : public AccessTest {
  protected:
    Headers json_by(const std::string& token) { return {{"Content-Type", "application/json"}, bearer(token)}; }
    boost::json::object last() const { return boost::json::parse(world.audited.back()).as_object(); }
    const std::string writer = token("ci", {"read,write:app/**"});
};

TEST_F(AuditTest, AWriteSaysWhoAndWhatAndWhatItReplaced) {
    const Reply first = world.put("/api/v1/config/app/a", R"({"value":"hunter2"})",
                                  {{"Content-Type", "application/json"}, bearer(writer), {"X-Request-Id", "req-1"}});
    auto line = last();
    EXPECT_EQ(line.at("event").as_string(), "put");
    EXPECT_EQ(line.at("principal").as_string(), "ci");
    EXPECT_EQ(line.at("from").as_string(), "127.0.0.1:1");
    EXPECT_EQ(line.at("request_id").as_string(), "req-1");
    EXPECT_EQ(line.at("key").as_string(), "app/a");
    EXPECT_EQ(line.at("before").as_int64(), 0);
    EXPECT_EQ(line.at("after").as_int64(), first.number("/mod_revision"));
    EXPECT_TRUE(line.contains("time"));
    const Reply second = world.put("/api/v1/config/app/a", R"({"value":"hunter3"})", json_by(writer));
    EXPECT_EQ(last().at("before").as_int64(), first.number("/mod_revision"));
    world.del("/api/v1/config/app/a", by(writer));
    EXPECT_EQ(last().at("event").as_string(), "delete");
    EXPECT_EQ(last().at("before").as_int64(), second.number("/mod_revision"));
    for (const std::string& one : world.audited) EXPECT_THAT(one, Not(HasSubstr("hunter")));
}

TEST_F(AuditTest, EachKeyOfATransactionIsALine) {
    world.put("/api/v1/config/app/b", R"({"value":"v"})", json_by(writer));
    const std::size_t before = world.audited.size();
    world.post("/api/v1/txn", R"({"put":[{"key":"app/a","value":"v"}],"delete":["app/b"]})", json_by(writer));
    ASSERT_EQ(world.audited.size(), before + 2);
    EXPECT_THAT(world.audited[before], HasSubstr(R"("event":"put")"));
    EXPECT_THAT(world.audited[before + 1], HasSubstr(R"("event":"delete")"));
}

TEST_F(AuditTest, WhatHappenedInBetweenIsWhatWasReplaced) {
    world.by_hand("app/a", "1");
    store::Revision between = 0;
    world.store.on_call([&](test::MemoryStore::Call call) {
        if (call == test::MemoryStore::Call::commit && between == 0)
            between = world.store.put(world.layout.entry_key("app/a"), "2");
    });
    world.put("/api/v1/config/app/a", R"({"value":"3"})", json_by(writer));
    ASSERT_NE(between, 0);
    EXPECT_EQ(last().at("before").as_int64(), between);
}

TEST_F(AuditTest, WhatChangedNothingIsNoLine) {
    const std::size_t before = world.audited.size();
    world.put("/api/v1/config/app/a?dry_run=true", R"({"value":"v"})", json_by(writer));
    world.put("/api/v1/config/app/a", R"({"value":"v"})",
              {{"Content-Type", "application/json"}, bearer(writer), {"If-Match", "\"99\""}});
    world.get("/api/v1/config/app/a", by(writer));
    EXPECT_EQ(world.audited.size(), before);
}

TEST_F(AuditTest, RefusalsAreLinesWithoutTheCredential) {
    world.put("/api/v1/config/db/a", R"({"value":"v"})", json_by(writer));
    EXPECT_EQ(last().at("event").as_string(), "refused");
    EXPECT_EQ(last().at("code").as_int64(), 40301);
    EXPECT_EQ(last().at("key").as_string(), "db/a");
    EXPECT_EQ(last().at("principal").as_string(), "ci");
    world.get("/api/v1/config/app/a", {bearer("confcast_0123456789abcdef_secret")});
    EXPECT_EQ(last().at("code").as_int64(), 40101);
    EXPECT_EQ(last().at("principal").as_string(), "");
    for (const std::string& one : world.audited) EXPECT_THAT(one, Not(HasSubstr("confcast_")));
}

TEST_F(AuditTest, TokensAndDismissalsAreLines) {
    const std::string root = admin();
    const Reply made = world.post("/api/v1/tokens", R"({"name":"x","permissions":[]})", json_by(root));
    EXPECT_EQ(last().at("event").as_string(), "token_created");
    EXPECT_EQ(last().at("subject").as_string(), made.text("/id"));
    EXPECT_THAT(world.audited.back(), Not(HasSubstr(made.text("/token"))));
    world.put("/api/v1/tokens/" + made.text("/id"), R"({"name":"y"})", json_by(root));
    EXPECT_EQ(last().at("event").as_string(), "token_changed");
    world.del("/api/v1/tokens/" + made.text("/id"), by(root));
    EXPECT_EQ(last().at("event").as_string(), "token_revoked");
}

TEST_F(AuditTest, TheLatestCanBeRead) {
    const std::string root = admin();
    for (int i = 0; i < 5; ++i)
        world.put("/api/v1/config/app/" + std::to_string(i), R"({"value":"v"})", json_by(writer));
    const Reply reply = world.get("/api/v1/audit?limit=2", by(root));
    EXPECT_EQ(reply.at("/entries").as_array().size(), 2U);
    EXPECT_EQ(reply.text("/entries/1/key"), "app/4") << "the latest last";
    EXPECT_EQ(reply.number("/total"), 5);
}

TEST_F(AuditTest, AnOutcomeThatIsNotKnownIsSaidSo) {
    world.store.lose_next_answer(Error(Errc::outcome_unknown));
    world.put("/api/v1/config/app/a", R"({"value":"v"})", json_by(writer));
    EXPECT_EQ(last().at("outcome").as_string(), "unknown");
}

}  // namespace
}  // namespace confcast::api
