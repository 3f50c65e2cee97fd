// The calls against the real server.
#include "client_fixture.hpp"

namespace confcast::client::test {
namespace {

class Calls : public ClientTest {
  protected:
    Server server;
    Client client{io, to(server)};
};

TEST_F(Calls, WhatIsPutIsFound) {
    const auto written = await(client.put("app/port", "8080", {.content_type = "text/plain", .message = "first"}));
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(written->key, "app/port");
    EXPECT_EQ(written->version, 1);
    EXPECT_TRUE(written->applied);
    const auto found = await(client.get("app/port"));
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ(found->value, "8080");
    EXPECT_EQ(found->content_type, "text/plain");
    EXPECT_EQ(found->message, "first");
    EXPECT_EQ(found->mod_revision, written->mod_revision);
    EXPECT_EQ(found->create_revision, written->mod_revision);
    EXPECT_EQ(found->position.revision, written->mod_revision);
    EXPECT_EQ(found->position.epoch.size(), 16U);
    EXPECT_FALSE(found->updated_at.empty());
    EXPECT_FALSE(found->stale);
}

TEST_F(Calls, AnyBytesUnderAnyKeyComeBack) {
    const std::string bytes("\x00\xff\"\\\n\x80 end", 10);
    for (const std::string& key : {std::string("a b/ü%2F?#&=+"), std::string("x"), std::string("a/b:c;d@e")}) {
        for (const std::string& value : {bytes, std::string(), std::string("\0", 1), std::string("Größe \U0001F600")}) {
            ASSERT_TRUE(await(client.put(key, value))) << key;
            const auto found = await(client.get(key));
            ASSERT_TRUE(found) << key;
            EXPECT_EQ(found->value, value) << key;
            EXPECT_EQ(found->key, key);
        }
    }
}

TEST_F(Calls, WhatIsNotThereIsSaidWithTheServersCode) {
    const auto found = await(client.get("app/none"));
    ASSERT_FALSE(found);
    const Failure& failure = found.error();
    EXPECT_EQ(failure.kind, FailureKind::answered);
    EXPECT_EQ(failure.status, 404U);
    EXPECT_EQ(failure, Errc::config_not_found);
    EXPECT_EQ(failure.detail("key"), "app/none");
    EXPECT_FALSE(failure.message.empty());
    EXPECT_EQ(failure.server, server.endpoint().to_string());
    EXPECT_EQ(failure.request_id.size(), 16U);
    EXPECT_FALSE(failure.outcome_unknown());
    EXPECT_NE(failure.to_string().find("40401"), std::string::npos);
    EXPECT_EQ(await(client.remove("app/none")).error(), Errc::config_not_found);
}

TEST_F(Calls, AKeyThatBreaksTheRulesIsNotSent) {
    for (const char* key : {"", "/a", "a//b", "a/../b", "\xff"}) {
        const auto found = await(client.get(key));
        ASSERT_FALSE(found) << key;
        EXPECT_EQ(found.error().kind, FailureKind::invalid);
        EXPECT_EQ(found.error(), Errc::invalid_key);
        EXPECT_FALSE(found.error().sent);
    }
}

TEST_F(Calls, AWriteMayDependOnARevision) {
    const auto first = await(client.put("k", "1", {.if_revision = 0}));
    ASSERT_TRUE(first);
    const auto again = await(client.put("k", "1", {.create_only = true}));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error(), Errc::precondition_failed);
    EXPECT_EQ(again.error().number("mod_revision"), first->mod_revision);
    const auto second = await(client.put("k", "2", {.if_revision = first->mod_revision}));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->version, 2);
    EXPECT_EQ(await(client.put("k", "3", {.if_revision = first->mod_revision})).error(), Errc::precondition_failed);
    EXPECT_EQ(await(client.remove("k", {.if_revision = first->mod_revision})).error(), Errc::precondition_failed);
    const auto removed = await(client.remove("k", {.if_revision = second->mod_revision}));
    ASSERT_TRUE(removed);
    EXPECT_GT(removed->mod_revision, second->mod_revision);
    EXPECT_EQ(await(client.get("k", {.revision = first->mod_revision}))->value, "1");
}

TEST_F(Calls, ADryRunSaysWhatWouldHappen) {
    const auto dry = await(client.put("k", "1", {.dry_run = true}));
    ASSERT_TRUE(dry) << dry.error().to_string();
    EXPECT_EQ(dry->action, "create");
    EXPECT_EQ(dry->mod_revision, 0);
    EXPECT_EQ(await(client.get("k")).error(), Errc::config_not_found);
    const auto written = await(client.put("k", "1"));
    EXPECT_EQ(await(client.put("k", "2", {.dry_run = true}))->action, "replace");
    const auto removal = await(client.remove("k", {.dry_run = true}));
    EXPECT_EQ(removal->action, "delete");
    EXPECT_EQ(removal->mod_revision, written->mod_revision);
    EXPECT_EQ(await(client.get("k"))->value, "1");
}

TEST_F(Calls, ATimeToLiveIsGranted) {
    ASSERT_TRUE(await(client.put("k", "1", {.ttl = std::chrono::seconds{600}})));
    EXPECT_EQ(await(client.get("k"))->ttl, 600);
}

TEST_F(Calls, AListFollowsItsPagesAtOneRevision) {
    Txn txn;
    for (int i = 100; i < 125; ++i) txn.puts.push_back({.key = "p/" + std::to_string(i), .value = std::to_string(i)});
    const auto done = await(client.txn(txn));
    ASSERT_TRUE(done) << done.error().to_string();
    ASSERT_TRUE(await(client.put("q", "1")));
    const auto all = await(client.list("p/", {.page = 4}));
    ASSERT_TRUE(all) << all.error().to_string();
    ASSERT_EQ(all->entries.size(), 25U);
    EXPECT_EQ(all->entries.front().key, "p/100");
    EXPECT_EQ(all->entries.back().value, "124");
    EXPECT_EQ(all->position.revision, done->revision + 1);
    EXPECT_EQ(await(client.list(""))->entries.size(), 26U);
    EXPECT_EQ(await(client.list("none"))->entries.size(), 0U);

    const auto first = await(client.list_page("p/", "", {.page = 10}));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->entries.size(), 10U);
    ASSERT_TRUE(await(client.put("p/999", "x")));
    const auto last = await(client.list_page("p/", first->next_cursor, {.page = 100}));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->entries.size(), 15U) << "the pages are of one revision";
    EXPECT_EQ(last->position, first->position);
    EXPECT_EQ(last->next_cursor, "");
}

TEST_F(Calls, MetaOnlyLeavesTheValuesOut) {
    ASSERT_TRUE(await(client.put("k", "value")));
    EXPECT_EQ(await(client.get("k", {.meta_only = true}))->value, "");
    EXPECT_EQ(await(client.list("", {.meta_only = true}))->entries.at(0).value, "");
}

TEST_F(Calls, ATransactionIsAllOrNothing) {
    const auto a = await(client.put("a", "1"));
    const auto done = await(client.txn(
        {.compares = {{"a", a->mod_revision}, {"b", 0}}, .puts = {{.key = "b", .value = "2"}}, .deletes = {"a", "c"}}));
    ASSERT_TRUE(done) << done.error().to_string();
    EXPECT_EQ(done->puts.at(0).mod_revision, done->revision);
    EXPECT_EQ(done->deletes, (std::vector<std::pair<std::string, bool>>{{"a", true}, {"c", false}}));
    const auto failed = await(client.txn({.compares = {{"b", done->revision}, {"a", 7}}, .deletes = {"b"}}));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), Errc::compare_failed);
    EXPECT_EQ(failed.error().number("op_index"), 1);
    EXPECT_EQ(await(client.get("b"))->value, "2");
    const auto dry = await(client.txn({.puts = {{.key = "b", .value = "3"}}, .deletes = {"c"}}, {.dry_run = true}));
    ASSERT_TRUE(dry) << dry.error().to_string();
    EXPECT_EQ(dry->puts.at(0).action, "replace");
}

TEST_F(Calls, AReaderMayWaitForARevision) {
    const auto written = await(client.put("k", "1"));
    EXPECT_EQ(await(client.get("k", {.min_revision = written->mod_revision}))->value, "1");
    EXPECT_EQ(await(client.get("k", {.linearizable = true}))->value, "1");
}

TEST_F(Calls, AnyRequestCanBeMade) {
    const auto response = await(client.raw({{.request_id = "mine-1"}, "GET", "/api/v1/errors"}));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->header("x-request-id"), "mine-1");
    EXPECT_EQ(response->request_id, "mine-1");
    const auto head = await(client.raw({{}, "HEAD", "/livez"}));
    ASSERT_TRUE(head) << head.error().to_string();
    EXPECT_EQ(head->body, "");
    EXPECT_EQ(await(client.raw({{}, "GET", "/nowhere"}))->status, 404U) << "an answer is a success here";
    EXPECT_EQ(await(client.raw({{}, "GET", "/livez"}))->status, 200U) << "and the connection lives on";
}

TEST_F(Calls, AValueOverTheLimitIsRefusedWithTheLimit) {
    const auto written = await(client.put("k", std::string((1U << 20U) + 1, 'x')));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), Errc::value_too_large);
    EXPECT_EQ(written.error().number("limit"), 1 << 20);
    for (const char byte : {'x', '\x01', '"', '\xff'}) {
        const std::string largest(1U << 20U, byte);
        ASSERT_TRUE(await(client.put("k", largest))) << "whatever it grows to in JSON";
        EXPECT_EQ(await(client.get("k"))->value, largest);
    }
}

TEST_F(Calls, AConnectionThatTheServerHasClosedIsNotUsedForAWrite) {
    ASSERT_TRUE(await(client.put("k", "1")));
    EXPECT_EQ(server.terminate(), 0);
    server.start();
    const auto written = await(client.put("k", "2"));
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(written->version, 2);
}

TEST_F(Calls, ManyAtOnceShareNothingButTheServer) {
    std::size_t done = 0;
    for (int i = 0; i < 40; ++i)
        asio::co_spawn(io, client.put("k/" + std::to_string(i), "v"),
                       [&](std::exception_ptr error, Result<Written> written) { done += !error && written ? 1 : 0; });
    EXPECT_TRUE(until([&] { return done == 40; }));
    EXPECT_EQ(await(client.list("k/"))->entries.size(), 40U);
}

}  // namespace
}  // namespace confcast::client::test
