#include "listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assemble.hpp"
#include "confcast/test/memory_store.hpp"
#include "confcast/test/run.hpp"
#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;

class AListing : public testing::Test {
  protected:
    void write(const std::string& key, const std::string& value, const std::string& author = {}) {
        store::Transaction transaction;
        transaction.puts.push_back({layout_.entry_key(key), value, 0});
        if (!author.empty()) {
            store::Metadata meta;
            meta.author = author;
            transaction.puts.push_back({layout_.meta_key(key), store::encode_metadata(meta), 0});
        }
        store_.commit_now(transaction);
    }
    std::vector<std::string> all(Listing& listing) {
        std::vector<std::string> out;
        for (bool more = true; more;) {
            limits_.push_back(listing.next_page().limit);
            auto page = confcast::test::run(io_, store_.range(listing.next_page())).value();
            more = listing.take(std::move(page), [&](Listing::Item item) {
                const auto made = make_entry(item.key, item.kv, item.record);
                out.push_back(made->key + "=" + made->value + (item.record ? "!" : "") + made->meta.author);
            });
        }
        return out;
    }

    asio::io_context io_{1};
    ManualClock clock_;
    confcast::test::MemoryStore store_{io_.get_executor(), clock_};
    store::Layout layout_ = layout();
    std::vector<std::int64_t> limits_;
};

TEST_F(AListing, JoinsEntriesAndRecordsAcrossPages) {
    write("a", "1", "ann");
    write("b", "2");
    write("c", "3", "cyd");
    write("c", "4");  // by hand: the record is void
    write("d", "5", "dan");
    store_.remove(layout_.entry_key("b"));
    for (const std::int64_t page : {1, 2, 3, 100}) {
        Listing listing(layout_, 0, page);
        EXPECT_THAT(all(listing), ElementsAre("a=1!ann", "c=4", "d=5!dan")) << page;
        EXPECT_EQ(listing.revision(), store_.revision());
    }
}

TEST_F(AListing, StaysAtTheRevisionOfItsFirstPage) {
    for (const auto* key : {"a", "b", "c"}) write(key, "1");
    Listing listing(layout_, 0, 1);
    store_.on_call([this](auto) {
        if (store_.revision() < 6) write("c", "changed");
    });
    auto page = confcast::test::run(io_, store_.range(listing.next_page())).value();
    const Revision pinned = page.revision;
    std::vector<std::string> values;
    const auto note = [&](Listing::Item item) { values.push_back(item.kv.value); };
    bool more = listing.take(std::move(page), note);
    store_.on_call({});
    write("b", "later");
    store_.remove(layout_.entry_key("c"));
    while (more) more = listing.take(confcast::test::run(io_, store_.range(listing.next_page())).value(), note);
    EXPECT_EQ(listing.revision(), pinned);
    EXPECT_THAT(values, ElementsAre("1", "1", "changed"));
    EXPECT_EQ(listing.head(), store_.revision());
}

TEST_F(AListing, ReadsThePast) {
    write("a", "1", "ann");
    const Revision then = store_.revision();
    write("a", "2");
    Listing listing(layout_, then, 10);
    EXPECT_THAT(all(listing), ElementsAre("a=1!ann"));
}

TEST_F(AListing, CountsForeignKeysAndLeavesThemOut) {
    write("a//b", "1");
    write("ok", "1");
    store_.put("/config.elsewhere", "x");
    store_.put("/config0", "x");
    Listing listing(layout_, 0, 10);
    EXPECT_THAT(all(listing), ElementsAre("ok=1"));
    EXPECT_EQ(listing.foreign(), 1U);
}

TEST_F(AListing, OfNothingEndsAtOnce) {
    Listing listing(layout_, 0, 10);
    EXPECT_TRUE(all(listing).empty());
    EXPECT_EQ(listing.revision(), 1);
}

TEST_F(AListing, MakesPagesLargerWhileTheyAreLight) {
    Listing listing(layout_, 0, 5'000);
    store::RangeResult light{10, {{"/config/a", "1", 2, 2, 1, 0}}, true};
    EXPECT_EQ(listing.next_page().limit, 500);
    listing.take(light, [](auto) {});
    EXPECT_EQ(listing.next_page().limit, 2'000);
    listing.take(light, [](auto) {});
    EXPECT_EQ(listing.next_page().limit, 5'000);
}

TEST_F(AListing, MakesPagesSmallerWhenValuesAreLarge) {
    Listing listing(layout_, 0, 5'000);
    store::RangeResult heavy{10, {{"/config/a", std::string(9U << 20U, 'x'), 2, 2, 1, 0}}, true};
    listing.take(heavy, [](auto) {});
    EXPECT_EQ(listing.next_page().limit, 125);
    listing.take(heavy, [](auto) {});
    listing.take(heavy, [](auto) {});
    EXPECT_EQ(listing.next_page().limit, 16);
}

}  // namespace
}  // namespace confcast::feed::test
