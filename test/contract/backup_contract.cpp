// A dump is restored into any store, and only into an empty one.
#include <gmock/gmock.h>

#include <cstdio>

#include "confcast/backup/restore.hpp"
#include "store_contract.hpp"

namespace confcast::test {
namespace {

using backup::DumpFile;
using backup::DumpSetting;
using backup::Restored;
using std::chrono::seconds;
using testing::HasSubstr;

const SystemTime dumped{seconds{1'700'000'000}};

DumpSetting setting(std::string key, std::string value, std::string message = "") {
    DumpSetting out{std::move(key), std::move(value), {}, 1, 1, 1, std::nullopt, false};
    out.meta.message = std::move(message);
    return out;
}

DumpFile dump_of(const std::vector<DumpSetting>& settings, const std::vector<backup::DumpToken>& tokens = {}) {
    backup::DumpWriter writer;
    writer.begin({"0123456789abcdef", 7, 1'700'000'000'000, "/elsewhere/", "0.1.0"});
    for (const DumpSetting& one : settings) writer.add(one);
    for (const backup::DumpToken& one : tokens) writer.add(one);
    writer.end();
    const std::string text = writer.take();
    std::FILE* memory = std::tmpfile();
    std::fwrite(text.data(), 1, text.size(), memory);
    std::rewind(memory);
    auto dump = DumpFile::spool(memory);
    std::fclose(memory);
    EXPECT_TRUE(dump->check());
    return std::move(*dump);
}

std::string reason(const Result<Restored>& restored) {
    return restored ? "" : std::string(restored.error().detail("reason"));
}

TEST_P(StoreContract, ADumpIsRestoredWithAllThatIsRemembered) {
    const auto layout = *store::Layout::make(k("c/"));
    std::vector<DumpSetting> settings;
    for (int i = 1000; i < 1400; ++i)
        settings.push_back(setting("app/" + std::to_string(i), std::to_string(i), i % 2 == 0 ? "why" : ""));
    settings.push_back(setting("big", std::string(700'000, 'x'), "two of these are more than a request"));
    settings.push_back(setting("bigger", std::string(700'000, 'y')));
    DumpFile dump = dump_of(settings, {{"0123456789abcdef", "a record", 3}});
    std::int64_t told = 0;
    const auto restored = run(backup::restore(db(), layout, dump, dumped, [&](std::int64_t done) { told = done; }));
    ASSERT_TRUE(restored) << reason(restored);
    EXPECT_EQ(restored->settings, 402);
    EXPECT_EQ(restored->tokens, 1);
    EXPECT_EQ(told, 403);
    EXPECT_EQ(restored->revision, newest());
    for (const DumpSetting& one : settings) {
        const auto entry = get("c/" + one.key);
        ASSERT_TRUE(entry) << one.key;
        EXPECT_EQ(entry->value, one.value);
        const auto found = range({store::KeyRange::single(layout.meta_key(one.key)), 0, 0, false});
        ASSERT_EQ(found.kvs.size(), one.meta.message.empty() ? 0U : 1U) << one.key;
        if (found.kvs.empty()) continue;
        EXPECT_EQ(store::decode_metadata(found.kvs.front().value), one.meta);
        EXPECT_EQ(found.kvs.front().mod_revision, entry->mod_revision) << "else it would not count";
    }
    const auto record = range({store::KeyRange::single(layout.token_key("0123456789abcdef")), 0, 0, false});
    ASSERT_EQ(record.kvs.size(), 1U);
    EXPECT_EQ(record.kvs.front().value, "a record");
}

TEST_P(StoreContract, ADumpIsNotRestoredIntoAStoreThatHasSomething) {
    const auto layout = *store::Layout::make(k("c/"));
    DumpFile dump = dump_of({setting("a", "1")});
    for (const std::string& key : {layout.entry_key("z"), layout.token_key("0123456789abcdef"), layout.meta_key("z")}) {
        commit(put_of(key, "v"));
        const auto before = newest();
        EXPECT_THAT(reason(run(backup::restore(db(), layout, dump, dumped))), HasSubstr("not empty")) << key;
        EXPECT_EQ(newest(), before) << "nothing was written";
        commit(delete_of(key));
    }
    // What is not confcast's does not count.
    put("beside", "v");
    const auto restored = run(backup::restore(db(), layout, dump, dumped));
    EXPECT_TRUE(restored) << reason(restored);
}

TEST_P(StoreContract, WhatIsLeftOfATimeToLiveIsRestored) {
    const auto layout = *store::Layout::make(k("c/"));
    std::vector<DumpSetting> settings{setting("by-hand", "1"), setting("over", "1"), setting("short", "1", "why"),
                                      setting("stays", "1")};
    settings[0].foreign_lease = true;
    settings[1].ttl_left = 30;
    settings[2].ttl_left = 32;
    DumpFile dump = dump_of(settings);
    const auto restored = run(backup::restore(db(), layout, dump, dumped + seconds{30}));
    ASSERT_TRUE(restored) << reason(restored);
    EXPECT_EQ(restored->settings, 2);
    EXPECT_EQ(restored->expired, 1);
    EXPECT_EQ(restored->foreign_lease, 1);
    EXPECT_THAT(listing(), testing::Contains("c/stays=1"));
    run(engine().pass(seconds{5}));
    const auto left = range({layout.watched(), 0, 0, true});
    ASSERT_EQ(left.kvs.size(), 1U) << "the entry and its record have gone together";
    EXPECT_EQ(left.kvs.front().key, layout.entry_key("stays"));
}

}  // namespace
}  // namespace confcast::test
