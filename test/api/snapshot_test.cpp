// GET /api/v1/snapshot: whole, of one revision, for whoever may have everything; and never whole by mistake.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <fstream>

#include "access_world.hpp"
#include "confcast/backup/dump_file.hpp"
#include "confcast/test/run.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "fake_stream.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;

/// A dump on its way over a fake connection.
class Download {
  public:
    explicit Download(World& world, const Headers& headers = {}, bool held = false) : stream(world.io), world_(world) {
        stream.held = held;
        reply = world.get("/api/v1/snapshot", headers);
        if (!reply.response.stream) return;
        asio::co_spawn(world.io, std::exchange(reply.response.stream, {})(stream),
                       [this](const std::exception_ptr&) { ended = true; });
        world.settle();
    }
    ~Download() {
        stream.end();
        world_.settle();
    }
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    /// The peer takes what was written last.
    void accept() {
        text += stream.take();
        stream.events->on_written();
        world_.settle();
    }

    FakeStream stream;
    Reply reply;
    std::string text;  // so far, of a held one
    bool ended = false;

  private:
    World& world_;
};

struct Content {
    std::map<std::string, std::string> settings;
    std::vector<backup::DumpSetting> all;
    std::vector<backup::DumpToken> tokens;
    backup::DumpHeader header;
    backup::DumpTotals totals;
};

/// nullopt when it is not whole.
std::optional<Content> read(const std::string& text) {
    const test::TemporaryDirectory directory;
    std::ofstream(directory.path() / "dump", std::ios::binary) << text;
    auto dump = backup::DumpFile::open(directory.path() / "dump");
    if (!dump->check()) return std::nullopt;
    Content content{{}, {}, {}, dump->header(), dump->totals()};
    for (;;) {
        auto record = dump->next();
        if (!record || !*record) return content;
        if (auto* setting = std::get_if<backup::DumpSetting>(&**record)) {
            content.settings[setting->key] = setting->value;
            content.all.push_back(*setting);
        } else {
            content.tokens.push_back(std::get<backup::DumpToken>(**record));
        }
    }
}

/// Several pages of settings.
std::map<std::string, std::string> fill(World& world) {
    std::map<std::string, std::string> settings;
    for (int i = 1000; i < 6000; ++i) {
        const std::string key = "k" + std::to_string(i);
        world.store.put(world.layout.entry_key(key), "old");
        settings[key] = "old";
    }
    world.settle();
    return settings;
}

TEST(Snapshot, HasAllThatIsKnownOfASetting) {
    World world;
    world.put("/api/v1/config/app/a", R"({"value":"1","content_type":"text/x","message":"why","ttl":60})");
    world.put("/api/v1/config/app/a", R"({"value":"2","content_type":"text/x","message":"why","ttl":60})");
    world.by_hand("app/b", std::string("\x00\xFF", 2));
    world.by_hand("bad//key", "1");
    world.store.put(world.layout.token_key("0123456789abcdef"), "a record");
    world.pass(std::chrono::seconds{10});
    Download download(world);
    EXPECT_EQ(download.reply.header("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(download.reply.header("X-Confcast-Revision"),
              world.feed.position().epoch.to_string() + ":" + std::to_string(world.store.revision()));
    EXPECT_TRUE(download.stream.closed);
    EXPECT_TRUE(download.ended);
    const auto content = read(download.stream.take());
    ASSERT_TRUE(content);
    EXPECT_EQ(content->header.revision, world.store.revision());
    EXPECT_EQ(content->totals, (backup::DumpTotals{2, 1, 1}));
    const backup::DumpSetting& a = content->all[0];
    EXPECT_EQ(a.key, "app/a");
    EXPECT_EQ(a.value, "2");
    EXPECT_EQ(a.version, 2);
    EXPECT_EQ(a.meta.content_type, "text/x");
    EXPECT_EQ(a.meta.message, "why");
    EXPECT_EQ(a.meta.ttl_s, 60);
    EXPECT_EQ(a.ttl_left, 50);
    EXPECT_EQ(content->all[1].value, std::string("\x00\xFF", 2));
    EXPECT_EQ(content->all[1].meta, store::Metadata{});
    EXPECT_EQ(content->tokens[0].record, "a record");
}

TEST(Snapshot, ALeaseByHandIsSaidToBeOne) {
    World world;
    const auto lease = test::run(world.io, world.store.grant(60));
    world.store.put(world.layout.entry_key("a"), "1", lease->id);
    Download download(world);
    const auto content = read(download.stream.take());
    ASSERT_TRUE(content);
    EXPECT_TRUE(content->all[0].foreign_lease);
    EXPECT_FALSE(content->all[0].ttl_left);
}

TEST(Snapshot, IsOfOneRevisionHoweverMuchIsWrittenMeanwhile) {
    World world;
    const std::map<std::string, std::string> before = fill(world);
    const auto revision = world.store.revision();
    Download download(world, {}, true);
    int pages = 0;
    while (!download.stream.closed) {
        for (int i = 0; i < 20; ++i) world.by_hand("k" + std::to_string(5999 - i - 20 * pages), "new");
        world.by_hand("k" + std::to_string(1000 + pages) + "/between", "new");
        world.store.remove(world.layout.entry_key("k" + std::to_string(3500 + pages)));
        download.accept();
        ++pages;
        ASSERT_LT(pages, 50);
    }
    EXPECT_GT(pages, 3);
    const auto content = read(download.text);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->header.revision, revision);
    EXPECT_EQ(content->settings, before);
}

TEST(Snapshot, ASlowReaderCostsOnePage) {
    World world;
    for (int i = 0; i < 30; ++i) world.by_hand("k" + std::to_string(i), std::string(100'000, 'x'));
    Download download(world, {}, true);
    std::size_t largest = 0;
    while (!download.stream.closed) {
        ASSERT_EQ(download.stream.writes.size(), 1U) << "the next page waits until this one is taken";
        largest = std::max(largest, download.stream.writes.front().size());
        const auto reads = world.store.calls(test::MemoryStore::Call::range);
        world.settle();
        EXPECT_EQ(world.store.calls(test::MemoryStore::Call::range), reads);
        download.accept();
    }
    EXPECT_TRUE(read(download.text));
    EXPECT_LT(largest, 1'600'000U) << "half a mebibyte, and what came with it: two steps of eight at most";
}

TEST(Snapshot, WhatIsCompactedMeanwhileEndsItBadly) {
    World world;
    fill(world);
    Download download(world, {}, true);
    world.by_hand("z", "v");
    world.store.drop_history();
    while (!download.ended) download.accept();
    EXPECT_TRUE(download.stream.aborted);
    EXPECT_FALSE(download.stream.closed);
    EXPECT_FALSE(read(download.text));
}

TEST(Snapshot, AStoreThatGoesAwayEndsItBadly) {
    World world;
    fill(world);
    Download download(world, {}, true);
    world.store.fail_all(Errc::store_unavailable);
    while (!download.ended) download.accept();
    EXPECT_TRUE(download.stream.aborted);
    EXPECT_EQ(world.get("/api/v1/snapshot").status, 503U);
    world.store.heal();
}

TEST(Snapshot, OnlySoManyAtTheSameTime) {
    World world;
    world.by_hand("a", "1");
    {
        const Download first(world, {}, true);
        const Download second(world, {}, true);
        const Reply third = world.get("/api/v1/snapshot");
        EXPECT_EQ(third.code(), 42901);
        EXPECT_EQ(third.header("Retry-After"), "10");
    }
    EXPECT_EQ(world.get("/api/v1/snapshot").status, 200U) << "who has left makes room";
}

TEST_F(AccessTest, ASnapshotNeedsAdminAndToReadEverything) {
    world.by_hand("app/a", "secret");
    for (const auto& permissions :
         {std::vector<std::string>{"read:**"}, {"admin"}, {"admin", "read,write:app/**"}, {"read,write:**"}}) {
        const Reply reply = world.get("/api/v1/snapshot", by(token("t", permissions)));
        EXPECT_EQ(reply.code(), 40302) << permissions.front();
        EXPECT_EQ(reply.text("/needs"), "admin and read:**");
    }
    EXPECT_EQ(world.get("/api/v1/snapshot").code(), 40101);
    const Download download(world, by(token("backup", {"admin", "read:**"})));
    EXPECT_EQ(download.reply.status, 200U);
    EXPECT_THAT(world.audited.back(), HasSubstr("\"event\":\"snapshot\""));
}

TEST_F(AccessTest, ASnapshotEndsWithTheRightToIt) {
    fill(world);
    Download download(world, by(token("backup", {"admin", "read:**"})), true);
    world.authenticator.set_credentials({});
    while (!download.ended) download.accept();
    EXPECT_TRUE(download.stream.aborted);
    EXPECT_FALSE(read(download.text));
}

}  // namespace
}  // namespace confcast::api
