// What happens to a restore that is disturbed. What it does on each store is in test/contract.
#include "confcast/backup/restore.hpp"

#include <gmock/gmock.h>

#include "confcast/test/memory_store.hpp"
#include "confcast/test/run.hpp"

namespace confcast::backup {
namespace {

using test::MemoryStore;
using testing::HasSubstr;

class Restore : public testing::Test {
  protected:
    Restore() : dump_(make_dump()) {}

    /// Restores while `hook` is called before each call of the store; why it failed.
    std::string reason_of(std::function<void(MemoryStore::Call)> hook) {
        store.on_call(std::move(hook));
        const auto restored = test::run(io, restore(store, layout, dump_, SystemTime{std::chrono::seconds{1}}));
        store.on_call({});
        return restored ? "" : std::string(restored.error().detail("reason"));
    }
    /// Once, before the n-th call of that kind.
    static std::function<void(MemoryStore::Call)> before(MemoryStore::Call kind, int n, std::function<void()> act) {
        return [kind, left = std::make_shared<int>(n), act = std::move(act)](MemoryStore::Call call) {
            if (call == kind && (*left)-- == 1) act();
        };
    }

    asio::io_context io{1};
    ManualClock clock;
    MemoryStore store{io.get_executor(), clock};
    const store::Layout layout = *store::Layout::make("/config/");

  private:
    static DumpFile make_dump() {
        DumpWriter writer;
        writer.begin({"0123456789abcdef", 7, 1000, "/config/", "0.1.0"});
        for (int i = 1000; i < 1300; ++i) {
            DumpSetting setting;
            setting.key = "k" + std::to_string(i);
            setting.value = "v";
            setting.meta.message = "why";
            setting.create_revision = setting.mod_revision = setting.version = 1;
            writer.add(setting);
        }
        writer.add(DumpToken{"0123456789abcdef", "a record", 3});
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
    DumpFile dump_;
};

TEST_F(Restore, GoesWellWhenNobodyDisturbsIt) {
    EXPECT_EQ(reason_of({}), "");
    EXPECT_EQ(store.contents(layout.watched()).size(), 601U);
}

TEST_F(Restore, NoticesWhoeverElseWrites) {
    const auto intrude = [this] { store.put(layout.entry_key("k1299"), "mine"); };
    EXPECT_THAT(reason_of(before(MemoryStore::Call::commit, 2, intrude)), HasSubstr("somebody else writes"));
    const auto kept = store.contents(store::KeyRange::single(layout.entry_key("k1299")));
    EXPECT_EQ(kept.at(0).value, "mine") << "nothing of theirs is written over";
}

TEST_F(Restore, NoticesWhatIsReadBackOtherwiseThanItWasWritten) {
    using Change = std::function<void()>;
    const std::vector<std::pair<std::string, Change>> changes{
        {"\"k1250\"", [this] { store.put(layout.entry_key("k1250"), "other"); }},
        {"\"k1250\"", [this] { store.remove(layout.entry_key("k1250")); }},
        {"\"k1250\"", [this] { store.remove(layout.meta_key("k1250")); }},
        {"\"k1250\"", [this] { store.put(layout.meta_key("k1250"), "x"); }},
        {"the token \"0123456789abcdef\"", [this] { store.remove(layout.token_key("0123456789abcdef")); }}};
    for (const auto& [name, change] : changes) {
        // The first range sees that it is empty; the second begins to read back.
        const std::string reason = reason_of(before(MemoryStore::Call::range, 2, change));
        EXPECT_THAT(reason, HasSubstr("do not use this store"));
        EXPECT_THAT(reason, HasSubstr(name));
        store.wipe({2});
    }
}

TEST_F(Restore, AStoreThatGoesAwayIsItsError) {
    store.fail_next(1, Error(Errc::store_unavailable).with("reason", "away"), MemoryStore::Call::commit);
    EXPECT_EQ(reason_of({}), "away");
}

}  // namespace
}  // namespace confcast::backup
