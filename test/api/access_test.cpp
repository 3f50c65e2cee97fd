// Who may do what over REST: what may not be read does not exist, what may not be written is refused.
#include <gmock/gmock.h>

#include "access_world.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

TEST_F(AccessTest, NobodyComesWithoutACredential) {
    const Reply reply = world.get("/api/v1/config/app/a");
    EXPECT_EQ(reply.status, 401U);
    EXPECT_EQ(reply.code(), 40101);
    EXPECT_EQ(reply.text("/reason"), "missing");
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer realm=\"confcast\"");
    for (const char* target : {"/api/v1/config", "/api/v1/watch", "/ws", "/api/v1/clients", "/api/v1/tokens",
                               "/metrics", "/api/v1/audit", "/api/v1/whoami", "/config/app/a"})
        EXPECT_EQ(world.get(target).code(), 40101) << target;
    EXPECT_EQ(world.put("/api/v1/config/app/a", R"({"value":"v"})").code(), 40101);
    EXPECT_EQ(world.post("/api/v1/tickets", "").code(), 40101);
}

TEST_F(AccessTest, WhatALoadBalancerAsksIsOpenAndSaysLittle) {
    for (const char* target : {"/livez", "/readyz", "/healthz", "/version", "/api/v1/errors", "/api/v1/openapi.json"})
        EXPECT_EQ(world.get(target).status, 200U) << target;
    EXPECT_EQ(world.get("/readyz?verbose").code(), 40101);
    EXPECT_EQ(world.get("/readyz?verbose", by(token("ops", {"read:x"}))).status, 200U);
    EXPECT_EQ(world.get("/metrics", by(token("prometheus", {}))).status, 200U);
}

TEST_F(AccessTest, ABadCredentialIsToldNoMoreThanThatItIsBad) {
    const std::string good = token("ci", {"read:**"});
    std::string wrong = good;
    wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
    const auto reason = [&](const std::string& value) {
        const Reply reply = world.get("/api/v1/config/a", {{"Authorization", value}});
        EXPECT_EQ(reply.code(), 40101) << value;
        EXPECT_THAT(reply.header("WWW-Authenticate"), HasSubstr("invalid_token"));
        EXPECT_THAT(reply.body, testing::Not(HasSubstr(value.substr(10)))) << "a credential is never told back";
        return reply.text("/reason");
    };
    EXPECT_EQ(reason("Bearer " + wrong), "invalid");
    EXPECT_EQ(reason("Bearer confcast_0123456789abcdef_0123456789012345678901234567890123456789012"), "invalid");
    EXPECT_EQ(reason("Bearer nonsense text"), "malformed");
    EXPECT_EQ(reason("Basic dXNlcjpwYXNzd29yZA=="), "unsupported");
    EXPECT_EQ(world.get("/api/v1/config/a", {{"authorization", "bearer " + good}}).code(), 40401) << "no case";
    EXPECT_EQ(world.get("/api/v1/config/a", {bearer(good), bearer(good)}).code(), 40101) << "which one counts?";
}

TEST_F(AccessTest, ATokenIsGoodUntilItExpires) {
    const std::string short_lived = token("ci", {"read:**"}, seconds{60});
    EXPECT_EQ(world.get("/api/v1/config/a", by(short_lived)).code(), 40401);
    world.pass(seconds{61});
    EXPECT_EQ(world.get("/api/v1/config/a", by(short_lived)).text("/reason"), "expired");
}

TEST_F(AccessTest, WhatMayNotBeReadIsAnsweredAsIfItWereNotThere) {
    world.by_hand("db/password", "secret");
    world.by_hand("app/port", "1");
    const std::string reader = token("app", {"read:app/**"});
    EXPECT_EQ(world.get("/api/v1/config/app/port", by(reader)).status, 200U);
    const auto normal = [](Reply reply, const std::string& key) {
        std::string body = reply.body;
        for (std::size_t at = body.find(key); at != std::string::npos; at = body.find(key))
            body.replace(at, key.size(), "K");
        std::string headers;
        for (const auto& [name, value] : reply.response.headers)
            if (name != "X-Request-Id" && name != "traceparent" && !name.starts_with("RateLimit-"))
                headers.append(name).append("=").append(value).append(";");
        return std::to_string(reply.status) + body + headers;
    };
    for (const char* query :
         {"", "?raw", "?fields=meta", "?revision=3", "?consistency=linearizable", "?min_revision=2"})
        EXPECT_EQ(normal(world.get(std::string("/api/v1/config/db/password") + query, by(reader)), "db/password"),
                  normal(world.get(std::string("/api/v1/config/db/nothing") + query, by(reader)), "db/nothing"))
            << query;
    EXPECT_EQ(world.get("/api/v1/config/db/password", {bearer(reader), {"If-None-Match", "*"}}).code(), 40401);
}

TEST_F(AccessTest, AListShowsOnlyWhatMayBeRead) {
    for (const char* key : {"app/a", "app/b", "db/a", "x"}) world.by_hand(key, "v");
    const std::string reader = token("app", {"read:app/**", "read:x"});
    const auto keys = [&](const std::string& target) {
        std::string all;
        std::string cursor;
        do {
            const Reply reply = world.get(target + (cursor.empty() ? "" : "&cursor=" + cursor), by(reader));
            for (const auto& entry : reply.at("/entries").as_array())
                all += std::string(entry.at("key").as_string()) + " ";
            cursor = reply.at("/next_cursor").is_null() ? "" : reply.text("/next_cursor");
        } while (!cursor.empty());
        return all;
    };
    EXPECT_EQ(keys("/api/v1/config?limit=100"), "app/a app/b x ");
    EXPECT_EQ(keys("/api/v1/config?limit=1"), "app/a app/b x ");
    EXPECT_EQ(keys("/api/v1/config?prefix=db/"), "");
}

TEST_F(AccessTest, APageThatIsPinnedToThePastHidesTheSame) {
    for (const char* key : {"app/a", "db/a", "x"}) world.by_hand(key, "v");
    const std::string reader = token("app", {"read:app/**", "read:x"});
    const Reply first = world.get("/api/v1/config?limit=1", by(reader));
    world.by_hand("x", "w");  // from now on the pages come from the store's history
    const Reply second = world.get("/api/v1/config?limit=2&cursor=" + first.text("/next_cursor"), by(reader));
    EXPECT_THAT(second.body, testing::Not(HasSubstr("db/a")));
    EXPECT_THAT(second.body, HasSubstr("\"x\""));
}

TEST_F(AccessTest, ALongPollHearsNothingOfWhatMayNotBeRead) {
    world.by_hand("db/a", "v");
    const std::string reader = token("app", {"read:app/**"});
    const std::string since = std::to_string(world.feed.position().revision);
    const auto poll = [&](const std::string& target, const std::function<void()>& meanwhile) {
        Headers headers = by(reader);
        return world.send_while(http::Method::get, target + "wait=10s&since=" + since, meanwhile, headers).status;
    };
    const auto times_out = [&] {
        world.by_hand("db/a", "w");
        for (int i = 0; i < 12; ++i) world.clock.advance(seconds{1}), world.hub.tick();
    };
    EXPECT_EQ(poll("/api/v1/config?prefix=&", times_out), 304U);
    EXPECT_EQ(poll("/api/v1/config/db/a?", times_out), 304U);
    EXPECT_EQ(poll("/api/v1/config?prefix=&", [&] { world.by_hand("app/a", "v"); }), 200U);
}

TEST_F(AccessTest, ARightThatGoesWhileAPollWaitsIsGoneInItsAnswer) {
    const std::string reader = token("app", {"read:app/**"});
    const auto revoke = [&] {
        world.authenticator.set_credentials({});
        world.by_hand("app/a", "v");
    };
    EXPECT_EQ(world.send_while(http::Method::get, "/api/v1/config/app/a?wait=10s", revoke, by(reader)).code(), 40101);
}

TEST_F(AccessTest, WritesNeedThePermission) {
    const std::string writer = token("ci", {"read,write:app/**"});
    const auto put = [&](const std::string& key) {
        return world.put("/api/v1/config/" + key, R"({"value":"v"})",
                         {{"Content-Type", "application/json"}, bearer(writer)});
    };
    EXPECT_EQ(put("app/a").status, 201U);
    const Reply refused = put("db/a");
    EXPECT_EQ(refused.code(), 40301);
    EXPECT_EQ(refused.text("/key"), "db/a");
    EXPECT_EQ(put("app").code(), 40301) << "app/** is below app";
    EXPECT_EQ(put("application/x").code(), 40301);
    EXPECT_EQ(world.del("/api/v1/config/db/a", by(writer)).code(), 40301);
    EXPECT_EQ(world
                  .post("/api/v1/config", R"({"key":"db/a","value":"v"})",
                        {{"Content-Type", "application/json"}, bearer(writer)})
                  .code(),
              40301);
    EXPECT_EQ(world
                  .put("/api/v1/config/db/a?dry_run=true", R"({"value":"v"})",
                       {{"Content-Type", "application/json"}, bearer(writer)})
                  .code(),
              40301);
    EXPECT_EQ(world
                  .post("/api/v1/notifications", R"({"event_id":"1","topic":"db/x","timestamp":1,"payload":1})",
                        {{"Content-Type", "application/json"}, bearer(writer)})
                  .code(),
              40301);
    EXPECT_EQ(world.get("/api/v1/config/app/a", by(writer)).text("/author"), "ci") << "who wrote it is remembered";
}

TEST_F(AccessTest, ATransactionIsAllowedWholeOrNotAtAll) {
    const std::string writer = token("ci", {"write:app/**"});
    const auto txn = [&](const std::string& body) {
        return world.post("/api/v1/txn", body, {{"Content-Type", "application/json"}, bearer(writer)}).code();
    };
    EXPECT_EQ(txn(R"({"put":[{"key":"app/a","value":"v"},{"key":"db/a","value":"v"}]})"), 40301);
    EXPECT_EQ(txn(R"({"put":[{"key":"app/a","value":"v"}],"delete":["db/a"]})"), 40301);
    EXPECT_EQ(txn(R"({"compare":[{"key":"db/a","mod_revision":0}],"put":[{"key":"app/a","value":"v"}]})"), 40301)
        << "a condition tells whether a setting is there";
    EXPECT_EQ(world.feed.state().size(), 0U);
    EXPECT_EQ(txn(R"({"put":[{"key":"app/a","value":"v"}]})"), 200);
}

TEST_F(AccessTest, ToWriteIsNotToRead) {
    const std::string writer = token("ci", {"write:app/**"});
    world.put("/api/v1/config/app/a", R"({"value":"v"})", {{"Content-Type", "application/json"}, bearer(writer)});
    EXPECT_EQ(world.get("/api/v1/config/app/a", by(writer)).code(), 40401);
}

TEST_F(AccessTest, OnlyAnAdministratorSeesClientsTokensAndTheAudit) {
    const std::string user = token("user", {"read,write:**"});
    const std::string root = admin();
    for (const char* target : {"/api/v1/clients", "/api/v1/clients/0000000000000001", "/api/v1/tokens",
                               "/api/v1/tokens/0000000000000001", "/api/v1/audit"}) {
        EXPECT_EQ(world.get(target, by(user)).code(), 40302) << target;
        EXPECT_NE(world.get(target, by(root)).status, 403U) << target;
    }
    EXPECT_EQ(world.del("/api/v1/clients/0000000000000001", by(user)).code(), 40302);
    EXPECT_EQ(world.get("/api/v1/config/a", by(root)).code(), 40401);
    EXPECT_EQ(
        world.put("/api/v1/config/a", R"({"value":"v"})", {{"Content-Type", "application/json"}, bearer(root)}).code(),
        40301)
        << "to administer is not to write";
}

TEST_F(AccessTest, WhoAmI) {
    const Reply me = world.get("/api/v1/whoami", by(token("ci", {"write:app/**", "read:app/**"}, seconds{60})));
    EXPECT_EQ(me.text("/kind"), "token");
    EXPECT_EQ(me.text("/name"), "ci");
    EXPECT_EQ(me.text("/permissions/0"), "read,write:app/**");
    EXPECT_TRUE(me.has("expires_at"));
}

TEST_F(AccessTest, EverybodyMayHaveAShareWithoutACredential) {
    world.by_hand("public/a", "v");
    world.by_hand("db/a", "v");
    file.anonymous = *auth::Permissions::parse(std::vector<std::string>{"read:public/**"});
    world.authenticator.set_credentials(file);
    EXPECT_EQ(world.get("/api/v1/config/public/a").status, 200U);
    EXPECT_EQ(world.get("/api/v1/config/db/a").code(), 40401);
    EXPECT_EQ(world.put("/api/v1/config/public/a", R"({"value":"v"})").code(), 40301);
    EXPECT_EQ(world.get("/api/v1/config/public/a", {bearer("confcast_nonsense")}).status, 401U)
        << "who shows a credential is held to it";
}

TEST_F(AccessTest, ATicketOpensOneStreamOnce) {
    const std::string reader = token("page", {"read:app/**"});
    const Reply ticket = world.post("/api/v1/tickets", "", {{"Content-Type", ""}, bearer(reader)});
    ASSERT_EQ(ticket.status, 201U);
    EXPECT_EQ(ticket.number("/expires_in"), 30);
    const std::string target = "/api/v1/watch?key=app/a&ticket=" + ticket.text("/ticket");
    const Headers stream{{"Accept", "application/x-ndjson"}};
    EXPECT_EQ(world.get("/api/v1/config/app/a?ticket=" + ticket.text("/ticket")).status, 401U)
        << "it is for streams only";
    EXPECT_EQ(world.get(target, stream).status, 200U);
    EXPECT_EQ(world.get(target, stream).code(), 40101);

    const Reply late = world.post("/api/v1/tickets", "", {{"Content-Type", ""}, bearer(reader)});
    world.pass(seconds{31});
    EXPECT_EQ(world.get("/api/v1/watch?ticket=" + late.text("/ticket"), stream).code(), 40101);

    const Reply orphan = world.post("/api/v1/tickets", "", {{"Content-Type", ""}, bearer(reader)});
    world.authenticator.set_credentials({});
    EXPECT_EQ(world.get("/api/v1/watch?ticket=" + orphan.text("/ticket"), stream).code(), 40101) << "its owner is gone";
}

TEST_F(AccessTest, ALongLivedTokenInAQueryStringIsNoCredential) {
    const std::string reader = token("page", {"read:**"});
    EXPECT_EQ(world.get("/api/v1/watch?ticket=" + reader).code(), 40101);
    EXPECT_EQ(world.get("/api/v1/config/a?token=" + reader).code(), 40101);
}

TEST(AccessBeforeTheFirstList, AnUnknownTokenMayBeOneThatIsNotKnownYet) {
    World world({}, World::Start::without_feed, World::Asks::everybody);
    const auto made = auth::make_token("ci", auth::Permissions::all(), {}, world.clock.wall());
    const store::Layout& layout = world.layout;
    world.store.put(layout.token_key(made.token.id), auth::encode_token(made.token));
    EXPECT_EQ(world.get("/api/v1/config/a", {bearer(made.text)}).code(), 50302);
    const Reply page = world.get("/api/v1/watch", {bearer(made.text), {"Accept", "text/event-stream"}});
    EXPECT_EQ(page.status, 200U) << "an EventSource takes any other answer for good";
    EXPECT_THAT(page.body, HasSubstr("retry:"));
    world.start_feed();
    EXPECT_EQ(world.get("/api/v1/config/a", {bearer(made.text)}).code(), 40401);
}

TEST(AccessOfNobody, AServerThatAsksNobodyLetsEverybodyDoEverything) {
    World world;
    EXPECT_EQ(world.put("/api/v1/config/a", R"({"value":"v"})").status, 201U);
    EXPECT_EQ(world.get("/api/v1/clients").status, 200U);
    EXPECT_EQ(world.get("/api/v1/whoami").text("/kind"), "local");
    EXPECT_EQ(world.get("/readyz?verbose").status, 200U);
    EXPECT_FALSE(world.get("/api/v1/config/a").has("author"));
}

}  // namespace
}  // namespace confcast::api
