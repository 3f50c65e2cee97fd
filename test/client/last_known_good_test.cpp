// The file from which a program starts when no server answers.
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "confcast/test/temporary_directory.hpp"
#include "last_known_good.hpp"
#include "stream_fixture.hpp"

namespace confcast::client::test {
namespace {

const Filters app{.prefixes = {"app/"}};

Saved some() {
    Saved saved{
        FilterSet::exactly({.keys = {"k"}, .prefixes = {"app/"}, .globs = {"*/port"}}), {std::string(epoch_a), 7}, {}};
    Entry entry{.key = "app/a", .value = std::string("\x00\xff bytes", 8), .content_type = "x/y"};
    entry.create_revision = 2;
    entry.mod_revision = 5;
    entry.version = 3;
    entry.updated_at = "2026-01-01T00:00:00.000Z";
    entry.ttl = 60;
    saved.entries.push_back(entry);
    saved.entries.push_back({.key = "app/ü", .value = "text"});
    return saved;
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), 0600);
}
std::string read(const std::filesystem::path& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

class LastKnownGood : public ::testing::Test {
  protected:
    confcast::test::TemporaryDirectory directory;
    std::filesystem::path path = directory.path() / "settings.lkg";
};

TEST_F(LastKnownGood, WhatWasStoredIsLoaded) {
    ASSERT_TRUE(store_saved(path, some()));
    const auto loaded = load_saved(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_TRUE(*loaded);
    EXPECT_EQ((*loaded)->entries, some().entries);
    EXPECT_EQ((*loaded)->filters, some().filters);
    EXPECT_EQ((*loaded)->position, some().position);
}

TEST_F(LastKnownGood, NoFileIsNoError) {
    const auto loaded = load_saved(path);
    ASSERT_TRUE(loaded);
    EXPECT_FALSE(*loaded);
}

TEST_F(LastKnownGood, ItIsForItsOwnerAlone) {
    ASSERT_TRUE(store_saved(path, some()));
    struct stat about{};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(LastKnownGood, ItIsReplacedAsOneAndNothingIsLeftBeside) {
    ASSERT_TRUE(store_saved(path, some()));
    struct stat before{};
    ::stat(path.c_str(), &before);
    Saved newer = some();
    newer.position.revision = 8;
    ASSERT_TRUE(store_saved(path, newer));
    struct stat after{};
    ::stat(path.c_str(), &after);
    EXPECT_NE(before.st_ino, after.st_ino) << "written over, a crash would leave half of each";
    EXPECT_EQ((*load_saved(path))->position.revision, 8);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST_F(LastKnownGood, WhereItCannotBeWrittenTheOldOneStays) {
    const auto stored = store_saved(directory.path() / "none" / "file", some());
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, FailureKind::file);
    ASSERT_TRUE(std::filesystem::create_directory(path));
    EXPECT_FALSE(store_saved(path, some())) << "a directory is in its place";
    EXPECT_FALSE(load_saved(path));
}

TEST_F(LastKnownGood, EveryByteCounts) {
    const std::string whole = encode_saved(some());
    ASSERT_TRUE(decode_saved(whole));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(decode_saved(damaged)) << "byte " << i;
    }
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_saved(whole.substr(0, size))) << size;
    EXPECT_FALSE(decode_saved(whole + "x"));
}

TEST_F(LastKnownGood, ADamagedFileIsRefusedWithASentence) {
    std::string bytes = encode_saved(some());
    bytes[bytes.size() - 5] ^= 1;
    write(path, bytes);
    const auto loaded = load_saved(path);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().kind, FailureKind::file);
    EXPECT_NE(loaded.error().message.find("damaged: its checksum does not fit"), std::string::npos);
    EXPECT_NE(loaded.error().message.find(path.string()), std::string::npos);
    EXPECT_TRUE(store_saved(path, some())) << "it was ours: the next good one takes its place";
}

TEST_F(LastKnownGood, AFileOfSomebodyElseIsNeitherReadNorReplaced) {
    write(path, "root:x:0:0\n");
    const auto loaded = load_saved(path);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("something else is in its place"), std::string::npos);
    EXPECT_FALSE(store_saved(path, some()));
    EXPECT_EQ(read(path), "root:x:0:0\n");
    std::filesystem::remove(path);
    write(path, "");
    EXPECT_FALSE(load_saved(path));
    EXPECT_FALSE(store_saved(path, some())) << "an empty file is not ours either";
}

TEST_F(LastKnownGood, AFileOfANewerFormatIsNotGuessedAt) {
    write(path, "confcast-last-known-good 2 sha256=00\n{}");
    EXPECT_NE(load_saved(path).error().message.find("format"), std::string::npos);
}

TEST_F(LastKnownGood, WhatOthersMayWriteIsNotTrusted) {
    ASSERT_TRUE(store_saved(path, some()));
    ::chmod(path.c_str(), 0620);
    EXPECT_FALSE(load_saved(path));
    ::chmod(path.c_str(), 0602);
    EXPECT_FALSE(load_saved(path));
    ::chmod(path.c_str(), 0644);
    EXPECT_TRUE(load_saved(path));
}

TEST_F(LastKnownGood, ALinkIsNotReplaced) {
    const auto real = directory.path() / "real";
    ASSERT_TRUE(store_saved(real, some()));
    std::filesystem::create_symlink(real, path);
    EXPECT_FALSE(store_saved(path, some()));
    EXPECT_TRUE(std::filesystem::is_symlink(path));
}

// ---- and the stream

class StartWithout : public StreamTest {
  protected:
    void offer(Revision revision, std::vector<Entry> entries) {
        machine().offer({FilterSet::exactly(app), {std::string(epoch_a), revision}, std::move(entries)});
    }
    static Entry entry(std::string key, std::string value, Revision revision) {
        Entry made{.key = std::move(key), .value = std::move(value)};
        made.mod_revision = revision;
        return made;
    }
};

TEST_F(StartWithout, AServerItBeginsFromTheFileAndGoesOnFromThere) {
    offer(5, {entry("app/a", "1", 3)});
    Heard heard;
    watch(app, heard);
    begin();
    EXPECT_EQ(heard, Heard{}) << "a server may still answer";
    lose();
    EXPECT_EQ(heard, Heard{"initial@5 app/a=1#3"});
    EXPECT_TRUE(machine().status().from_file);
    EXPECT_EQ(machine().status().state, StreamState::stale);
    EXPECT_EQ(begin().since, (Position{std::string(epoch_a), 5}));
    say(welcome(5, "changes", "caught_up"));
    say(update(6, {put("app/a", "2", 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=2#6");
    EXPECT_FALSE(machine().status().from_file);
}

TEST_F(StartWithout, AServerThatAnswersTheFileIsNotUsed) {
    offer(5, {entry("app/a", "1", 3), entry("app/b", "1", 3)});
    Heard heard;
    watch(app, heard);
    live(9, {put("app/a", "2", 9)});
    EXPECT_EQ(heard, Heard{"initial@9 app/a=2#9"});
    lose();
    lose();
    EXPECT_EQ(heard.size(), 1U);
}

TEST_F(StartWithout, AllServersHaveTheirChanceFirst) {
    options.servers = 2;
    offer(5, {entry("app/a", "1", 3)});
    Heard heard;
    watch(app, heard);
    begin();
    lose();
    EXPECT_EQ(heard, Heard{});
    begin();
    lose();
    EXPECT_EQ(heard.size(), 1U);
}

TEST_F(StartWithout, WhoWantsMoreThanTheFileHasWaits) {
    offer(5, {entry("app/a", "1", 3)});
    Heard heard, more;
    watch(app, heard);
    watch({.prefixes = {"app/", "db/"}}, more);
    begin();
    lose();
    EXPECT_EQ(heard.size(), 1U);
    EXPECT_EQ(more, Heard{});
    begin();
    say(welcome(5, "changes", "current"));
    say(in_force("subscribed", 0, {.prefixes = {"app/", "db/"}}));
    say(page(6, {put("db/x", "1", 6)}));
    EXPECT_EQ(more, Heard{"initial@6 app/a=1#3 db/x=1#6"});
}

TEST_F(StartWithout, AStoreThatWasRebuiltMeanwhileGivesTheDifference) {
    offer(500, {entry("app/a", "1", 300), entry("app/b", "1", 400)});
    Heard heard;
    watch(app, heard);
    begin();
    lose();
    begin();
    say(welcome(0, "snapshot", "epoch_changed", epoch_b));
    say(page(4, {put("app/a", "1", 2), put("app/c", "1", 3)}));
    EXPECT_EQ(heard.back(), "snapshot@4 -app/b#4 app/c=1#3");
}

TEST_F(StartWithout, WhatIsKeptIsWhatWasTold) {
    Heard heard;
    watch(app, heard);
    EXPECT_FALSE(machine().take_saved());
    live(5, {put("app/a", "1", 3)});
    const auto saved = machine().take_saved();
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->position.revision, 5);
    EXPECT_EQ(saved->filters, FilterSet::of(app));
    EXPECT_EQ(saved->entries.size(), 1U);
    EXPECT_FALSE(machine().take_saved()) << "nothing is newer";
    say(bookmark(9));
    EXPECT_FALSE(machine().take_saved()) << "a position alone is not worth a write";
    EXPECT_TRUE(machine().take_saved(true)) << "but at the end";
    say(update(10, {put("app/a", "2", 10)}));
    EXPECT_TRUE(machine().take_saved());
}

TEST_F(StartWithout, WhatASubscriberFailedAtIsNotKnownToBeGood) {
    machine().watch(app, [](const Change& change) {
        for (const Event& event : change.events)
            if (event.value == "bad") throw std::runtime_error("bad");
    });
    live(5, {put("app/a", "1", 3)});
    ASSERT_TRUE(machine().take_saved());
    say(update(6, {put("app/a", "bad", 6)}));
    EXPECT_FALSE(machine().take_saved());
    EXPECT_FALSE(machine().take_saved(true));
    say(update(7, {put("app/a", "good", 7)}));
    EXPECT_TRUE(machine().take_saved());
}

TEST_F(StartWithout, WhatIsAboutToGoIsNotKept) {
    Heard heard;
    watch(app, heard);
    const auto id = watch({.prefixes = {"db/"}}, heard);
    live(5, {put("app/a", "1", 3), put("db/x", "1", 4)});
    machine().unwatch(id);
    const auto saved = machine().take_saved();
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->filters, FilterSet::of(app));
    EXPECT_EQ(saved->entries.size(), 1U);
}

TEST_F(StartWithout, HalfASnapshotIsNotKept) {
    Heard heard;
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    say(update(6, {put("app/a", "2", 6)}));
    say(page(0, {}, true));
    EXPECT_FALSE(machine().take_saved());
}

}  // namespace
}  // namespace confcast::client::test
