// Tokens in the store: made, changed and revoked over REST, with effect on what is open.
#include <gmock/gmock.h>

#include "access_world.hpp"
#include "fake_socket.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class TokensTest : public AccessTest {
  protected:
    Headers json(const std::string& token) { return {{"Content-Type", "application/json"}, bearer(token)}; }
    Reply create(const std::string& body) { return world.post("/api/v1/tokens", body, json(root)); }
    const std::string root = admin();
};

TEST_F(TokensTest, ATokenIsShownOnceAndWorksAtOnce) {
    const Reply made = create(R"({"name":"ci","permissions":["read:app/**"],"expires_in":3600})");
    ASSERT_EQ(made.status, 201U);
    const std::string text = made.text("/token");
    EXPECT_EQ(made.header("Cache-Control"), "no-store");
    EXPECT_EQ(world.get("/api/v1/whoami", by(text)).text("/name"), "ci");
    const Reply list = world.get("/api/v1/tokens", by(root));
    EXPECT_THAT(list.body, HasSubstr(made.text("/id")));
    EXPECT_THAT(list.body, Not(HasSubstr(text.substr(26)))) << "not the secret";
    EXPECT_THAT(list.body, HasSubstr("\"source\":\"file\"")) << "the operator's own too";
    EXPECT_EQ(world.get("/api/v1/tokens/" + made.text("/id"), by(root)).text("/permissions/0"), "read:app/**");
    for (const auto& kv : world.store.contents()) EXPECT_THAT(kv.value, Not(HasSubstr(text.substr(26))));
    world.pass(seconds{3'601});
    EXPECT_EQ(world.get("/api/v1/whoami", by(text)).text("/reason"), "expired");
}

TEST_F(TokensTest, WhatIsWrongWithARequestIsSaid) {
    EXPECT_EQ(create(R"({"permissions":[]})").text("/pointer"), "/name");
    EXPECT_EQ(create(R"({"name":"x"})").text("/pointer"), "/permissions");
    EXPECT_EQ(create(R"({"name":"","permissions":[]})").text("/pointer"), "/name");
    EXPECT_EQ(create(R"({"name":"x","permissions":["fly:**"]})").text("/pointer"), "/permissions");
    EXPECT_EQ(create(R"({"name":"x","permissions":"read:**"})").text("/pointer"), "/permissions");
    EXPECT_EQ(create(R"({"name":"x","permissions":[],"expires_in":0})").text("/pointer"), "/expires_in");
    EXPECT_EQ(create(R"({"name":"x","permissions":[],"id":"y"})").code(), 40002);
    EXPECT_EQ(world.get("/api/v1/tokens/0123456789abcdef", by(root)).code(), 40405);
    EXPECT_EQ(world.del("/api/v1/tokens/nonsense", by(root)).code(), 40405);
}

TEST_F(TokensTest, RevokedIsOutAtOnce) {
    const Reply made = create(R"({"name":"ci","permissions":["read:**"]})");
    const std::string text = made.text("/token");
    EXPECT_EQ(world.get("/api/v1/config/a", by(text)).code(), 40401);
    EXPECT_EQ(world.del("/api/v1/tokens/" + made.text("/id"), by(root)).status, 200U);
    EXPECT_EQ(world.get("/api/v1/config/a", by(text)).code(), 40101);
    EXPECT_EQ(world.del("/api/v1/tokens/" + made.text("/id"), by(root)).code(), 40405);
}

TEST_F(TokensTest, AnotherNodeOrAHandMayRevokeToo) {
    const Reply made = create(R"({"name":"ci","permissions":["read:**"]})");
    world.store.remove(world.layout.token_key(made.text("/id")));
    world.settle();
    EXPECT_EQ(world.get("/api/v1/config/a", by(made.text("/token"))).code(), 40101);
}

TEST_F(TokensTest, ARecordThatCannotBeReadLetsNobodyIn) {
    const Reply made = create(R"({"name":"ci","permissions":["read:**"]})");
    world.store.put(world.layout.token_key(made.text("/id")), "nonsense");
    world.settle();
    EXPECT_EQ(world.get("/api/v1/config/a", by(made.text("/token"))).code(), 40101);
    EXPECT_TRUE(world.log.contains("a token in the store cannot be read"));
}

TEST_F(TokensTest, ChangedPermissionsCountFromTheNextRequestOn) {
    const Reply made = create(R"({"name":"ci","permissions":["read:app/**"]})");
    world.by_hand("db/a", "v");
    EXPECT_EQ(world.get("/api/v1/config/db/a", by(made.text("/token"))).code(), 40401);
    const Reply changed =
        world.put("/api/v1/tokens/" + made.text("/id"), R"({"permissions":["read:db/**"]})", json(root));
    EXPECT_EQ(changed.status, 200U);
    EXPECT_FALSE(changed.has("token"));
    EXPECT_EQ(world.get("/api/v1/config/db/a", by(made.text("/token"))).status, 200U);
}

// ---- streams

// A stream as the API opens it, on a socket that shows what is written to it.
class Stream {
  public:
    Stream(World& world, const std::string& token, const std::string& query = "") : socket(world.io), world_(world) {
        const Reply reply = world.get("/api/v1/watch" + query, {bearer(token), {"Upgrade", "websocket"}});
        EXPECT_TRUE(reply.response.upgrade) << reply.body;
        handler_ = reply.response.upgrade;
    }
    ~Stream() {
        socket.end();
        world_.settle();
    }
    /// What the request's connection does once its answer is written.
    Stream& open() {
        socket.open(handler_);
        world_.settle();
        return *this;
    }
    /// The types of all messages so far.
    std::string types() {
        world_.settle();
        std::string all;
        for (std::size_t i = 0; i < socket.messages.size(); ++i) all += socket.type(i) + " ";
        return all;
    }
    boost::json::value last() { return socket.json(socket.messages.size() - 1); }
    FakeSocket socket;

  private:
    World& world_;
    http::WebSocketHandler handler_;
};

TEST_F(TokensTest, AStreamOfARevokedTokenIsClosedAtOnce) {
    const Reply made = create(R"({"name":"ci","permissions":["read:**"]})");
    Stream stream(world, made.text("/token"));
    EXPECT_EQ(stream.open().types(), "welcome snapshot ");
    Stream other(world, token("other", {"read:**"}));
    other.open();
    world.del("/api/v1/tokens/" + made.text("/id"), by(root));
    world.settle();
    EXPECT_TRUE(stream.socket.closed);
    EXPECT_EQ(stream.socket.close_code, 1008);
    EXPECT_FALSE(other.socket.closed);
    EXPECT_THAT(world.audited.back(), HasSubstr("token_revoked"));
}

TEST_F(TokensTest, AStreamSeesItsChangedPermissions) {
    const Reply made = create(R"({"name":"ci","permissions":["read:app/**"]})");
    world.by_hand("app/a", "v");
    world.by_hand("db/a", "v");
    Stream stream(world, made.text("/token"));
    EXPECT_EQ(stream.open().types(), "welcome snapshot ");
    EXPECT_EQ(stream.last().at_pointer("/payload/entries").as_array().size(), 1U);
    world.put("/api/v1/tokens/" + made.text("/id"), R"({"permissions":["read:**"]})", json(root));
    EXPECT_EQ(stream.types(), "welcome snapshot access snapshot ");
    EXPECT_EQ(stream.last().at_pointer("/payload/entries").as_array().size(), 2U);
}

TEST_F(TokensTest, AStreamThatWasAskedForJustBeforeItsTokenWentDoesNotBegin) {
    const Reply made = create(R"({"name":"ci","permissions":["read:**"]})");
    Stream stream(world, made.text("/token"));
    world.del("/api/v1/tokens/" + made.text("/id"), by(root));
    EXPECT_EQ(stream.open().types(), "");
    EXPECT_TRUE(stream.socket.closed);
}

TEST_F(TokensTest, AFileThatNoLongerSaysItClosesToo) {
    Stream stream(world, token("page", {"read:**"}));
    stream.open();
    world.authenticator.set_credentials({});
    world.api.recheck_access();
    world.settle();
    EXPECT_EQ(stream.socket.close_code, 1008);
}

TEST_F(TokensTest, ATokenThatEndsIsAnnouncedAndRenewedOnTheStream) {
    const std::string first = token("page", {"read:**"}, seconds{90});
    const std::string second = token("page", {"read:**"}, seconds{900});
    Stream stream(world, first);
    stream.open();
    world.clock.advance(seconds{40});
    world.hub.tick();
    EXPECT_EQ(stream.types(), "welcome snapshot access ");
    EXPECT_EQ(stream.last().at_pointer("/payload/status").as_string(), "expiring");
    stream.socket.events->on_message(R"({"type":"auth","payload":{"token":"confcast_no"}})", false);
    EXPECT_EQ(stream.types(), "welcome snapshot access error ");
    stream.socket.events->on_message(R"({"type":"auth","payload":{"token":")" + second + "\"}}", false);
    EXPECT_EQ(stream.types(), "welcome snapshot access error access ");
    EXPECT_EQ(stream.last().at_pointer("/payload/status").as_string(), "renewed");
    world.clock.advance(seconds{100});
    world.hub.tick();
    EXPECT_FALSE(stream.socket.closed);
    world.clock.advance(seconds{900});
    world.hub.tick();
    EXPECT_EQ(stream.socket.close_code, 4001);
}

}  // namespace
}  // namespace confcast::api
