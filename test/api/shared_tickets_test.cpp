// Tickets in the store: good at any node, at one of them, once.
#include "shared_tickets.hpp"

#include <gmock/gmock.h>

#include "access_world.hpp"
#include "confcast/test/run.hpp"
#include "fingerprint.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;

class SharedTicketsTest : public testing::Test {
  protected:
    static auth::PrincipalPtr page() {
        auto out = std::make_shared<auth::Principal>();
        out->kind = auth::Principal::Kind::token;
        out->id = "token:0123456789abcdef";
        out->name = "page";
        out->proof = "a hash";
        return out;
    }
    Result<> keep(const std::string& text) { return test::run(io, one.keep(text, page())); }
    Result<SharedTickets::Taken> take(SharedTickets& node, const std::string& text) {
        return test::run(io, node.take(text));
    }

    asio::io_context io{1};
    ManualClock clock;
    test::MemoryStore store{io.get_executor(), clock};
    const store::Layout layout = *store::Layout::make("/config/");
    SharedTickets one{store, layout, clock};
    SharedTickets other{store, layout, clock};
};

TEST_F(SharedTicketsTest, AreGoodAtAnotherNodeOnce) {
    ASSERT_TRUE(keep("text"));
    const auto taken = take(other, "text");
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->whose->id, page()->id);
    EXPECT_EQ(taken->whose->proof, "a hash");
    EXPECT_EQ(taken->revision, store.revision());
    EXPECT_EQ(take(one, "text").error(), Errc::unauthenticated);
    EXPECT_EQ(take(other, "text").error(), Errc::unauthenticated);
    EXPECT_EQ(take(one, "another").error(), Errc::unauthenticated);
    EXPECT_TRUE(store.contents(layout.watched()).empty()) << "nothing stays";
}

TEST_F(SharedTicketsTest, AreGoodOnceThoughTwoNodesAreAskedAtTheSameTime) {
    ASSERT_TRUE(keep("text"));
    // Both have read it before either deletes it.
    bool once = true;
    store.on_call([&](test::MemoryStore::Call call) {
        if (call != test::MemoryStore::Call::commit || !std::exchange(once, false)) return;
        store.remove(layout.ticket_key(fingerprint({"text"})));  // the other one was first
    });
    EXPECT_EQ(take(one, "text").error(), Errc::unauthenticated);
}

TEST_F(SharedTicketsTest, EndWithTheirTime) {
    ASSERT_TRUE(keep("text"));
    ASSERT_TRUE(keep("late"));
    clock.advance(seconds{29});
    EXPECT_TRUE(take(other, "text"));
    clock.advance(seconds{10});
    EXPECT_EQ(take(other, "late").error(), Errc::unauthenticated);
}

TEST_F(SharedTicketsTest, WhatIsKeptOpensNothing) {
    ASSERT_TRUE(keep("text"));
    const auto kept = store.contents(layout.watched());
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].key.find("text"), std::string::npos);
    EXPECT_EQ(kept[0].value.find("text"), std::string::npos);
    const std::string id = kept[0].key.substr(kept[0].key.rfind('/') + 1);
    EXPECT_EQ(take(one, id).error(), Errc::unauthenticated);
}

TEST_F(SharedTicketsTest, NobodyBecomesLocalByARecord) {
    for (const char* record :
         {"confcast-principal 1\nkind: local\nid: local\npermission: admin\n", "confcast-principal 1\nkind: token\n",
          "confcast-principal 1\nid: token:a\n", "confcast-principal 2\nkind: token\nid: token:a\n", "x",
          "confcast-principal 1\nkind: token\nkind: jwt\nid: token:a\n"}) {
        store.put(layout.ticket_key(fingerprint({"text"})), record);
        EXPECT_EQ(take(one, "text").error(), Errc::unauthenticated) << record;
    }
}

TEST_F(SharedTicketsTest, AStoreThatIsAwayIsNoRefusalOfTheTicket) {
    ASSERT_TRUE(keep("text"));
    store.fail_all(Errc::store_unavailable);
    EXPECT_EQ(take(other, "text").error(), Errc::store_unavailable);
    EXPECT_EQ(keep("another").error(), Errc::store_unavailable);
    store.heal();
    EXPECT_TRUE(take(other, "text"));
}

ApiOptions shared() {
    ApiOptions options;
    options.shared_tickets = true;
    return options;
}

TEST(SharedTicketsOverRest, OpenOneStreamOnce) {
    World world(shared(), World::Start::ready, World::Asks::everybody);
    auth::Credentials file;
    const auth::NewToken made = auth::make_token("page", *auth::Permissions::parse(std::vector<std::string>{"read:**"}),
                                                 std::nullopt, world.clock.wall());
    file.tokens.push_back(made.token);
    world.authenticator.set_credentials(file);
    const auto ticket = [&] {
        const Reply reply = world.post("/api/v1/tickets", "", {{"Content-Type", ""}, bearer(made.text)});
        EXPECT_EQ(reply.status, 201U);
        return reply.text("/ticket");
    };
    const Headers stream{{"Accept", "application/x-ndjson"}};
    const std::string target = "/api/v1/watch?key=a&ticket=" + ticket();
    EXPECT_EQ(world.get(target, stream).status, 200U);
    EXPECT_EQ(world.get(target, stream).code(), 40101);
    EXPECT_EQ(world.get("/api/v1/watch?ticket=nonsense", stream).code(), 40101);
    EXPECT_EQ(world.get("/api/v1/watch?ticket=nonsense", {bearer(made.text), stream.front()}).status, 200U)
        << "Authorization beats it";
    const std::string orphan = "/api/v1/watch?ticket=" + ticket();
    world.authenticator.set_credentials({});
    EXPECT_EQ(world.get(orphan, stream).code(), 40101) << "its owner is gone";
    EXPECT_EQ(world.api.stats().tickets_issued, 2U);
    EXPECT_EQ(world.api.stats().tickets_redeemed, 2U);
}

}  // namespace
}  // namespace confcast::api
