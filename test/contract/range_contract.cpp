// Lists and gets, now and in the past.
#include <gmock/gmock.h>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::KeyRange;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> keys_of(const store::RangeResult& result) {
    std::vector<std::string> keys;
    for (const auto& kv : result.kvs) keys.push_back(kv.key);
    return keys;
}

TEST_P(StoreContract, KeysComeInByteOrder) {
    for (const char* name : {"b", "a/b", "a", "\xC3\xA9", "B", "a.b", "a0"}) put(name, "v");
    EXPECT_THAT(listing(), ElementsAre("B=v", "a=v", "a.b=v", "a/b=v", "a0=v", "b=v", "\xC3\xA9=v"));
}

TEST_P(StoreContract, APrefixEndsWhereItsSiblingsBegin) {
    for (const char* name : {"app", "app/a", "app/b", "app0", "apq"}) put(name, "v");
    EXPECT_THAT(keys_of(range({KeyRange::prefix(k("app/")), 0, 0, false})), ElementsAre(k("app/a"), k("app/b")));
    EXPECT_THAT(keys_of(range({KeyRange::prefix(k("app")), 0, 0, false})),
                ElementsAre(k("app"), k("app/a"), k("app/b"), k("app0")));
}

TEST_P(StoreContract, APrefixThatEndsWith0xFFHasItsKeys) {
    for (const char* name : {"a", "a\xFF", "a\xFF\xFF", "a\xFFz", "b"}) put(name, "v");
    EXPECT_THAT(keys_of(range({KeyRange::prefix(k("a\xFF")), 0, 0, false})),
                ElementsAre(k("a\xFF"), k("a\xFFz"), k("a\xFF\xFF")));
}

TEST_P(StoreContract, AnEmptyEndIsNoUpperBound) {
    const std::string high = "\xFF\xFF" + k("high");
    put("a", "1");
    commit(put_of(high, "2"));
    EXPECT_THAT(keys_of(range({KeyRange::prefix("\xFF"), 0, 0, false})), testing::Contains(high));
    EXPECT_THAT(keys_of(range({{k(""), ""}, 0, 0, false})), testing::IsSupersetOf({k("a"), high}));
    commit(delete_of(high));
}

TEST_P(StoreContract, ARangeHasItsBeginAndNotItsEnd) {
    for (const char* name : {"a", "b", "c"}) put(name, "v");
    EXPECT_THAT(keys_of(range({{k("a"), k("c")}, 0, 0, false})), ElementsAre(k("a"), k("b")));
    EXPECT_THAT(keys_of(range({{k("c"), k("a")}, 0, 0, false})), IsEmpty());
    EXPECT_THAT(keys_of(range({{k("b"), k("b")}, 0, 0, false})), IsEmpty());
}

TEST_P(StoreContract, ASingleKeyIsItselfAlone) {
    put("a", "1");
    put(std::string_view("a\0", 2), "2");
    put("ab", "3");
    EXPECT_EQ(get("a")->value, "1");
    EXPECT_EQ(get(std::string_view("a\0", 2))->value, "2");
    EXPECT_EQ(get("b"), std::nullopt);
}

TEST_P(StoreContract, MoreSaysThatTheLimitCutTheList) {
    for (const char* name : {"a", "b", "c"}) put(name, "v");
    const auto two = range({all(), 0, 2, false});
    EXPECT_THAT(keys_of(two), ElementsAre(k("a"), k("b")));
    EXPECT_TRUE(two.more);
    const auto three = range({all(), 0, 3, false});
    EXPECT_EQ(three.kvs.size(), 3U);
    EXPECT_FALSE(three.more);
    EXPECT_FALSE(range({all(), 0, 0, false}).more);
}

TEST_P(StoreContract, DeletedKeysDoNotCountForTheLimit) {
    for (const char* name : {"a", "b", "c", "d"}) put(name, "v");
    remove("b");
    remove("d");
    const auto two = range({all(), 0, 2, false});
    EXPECT_THAT(keys_of(two), ElementsAre(k("a"), k("c")));
    EXPECT_FALSE(two.more);
}

TEST_P(StoreContract, KeysOnlyLeavesValuesOutAndNothingElse) {
    put("a", "secret");
    const auto revision = put("a", "secret");
    const auto result = range({all(), 0, 0, true});
    EXPECT_THAT(result.kvs, ElementsAre(store::KeyValue{k("a"), "", revision - 1, revision, 2, 0}));
}

TEST_P(StoreContract, ThePastStaysAsItWas) {
    const auto empty = newest();
    const auto first = put("a", "1");
    const auto second = put("b", "1");
    const auto third = put("a", "2");
    const auto fourth = remove("b");
    EXPECT_THAT(listing(empty), IsEmpty());
    EXPECT_THAT(listing(first), ElementsAre("a=1"));
    EXPECT_THAT(listing(second), ElementsAre("a=1", "b=1"));
    EXPECT_THAT(listing(third), ElementsAre("a=2", "b=1"));
    EXPECT_THAT(listing(fourth), ElementsAre("a=2"));
    EXPECT_EQ(get("a", second), (store::KeyValue{k("a"), "1", first, first, 1, 0}));
    EXPECT_EQ(get("b", fourth), std::nullopt);
}

TEST_P(StoreContract, AnAnswerCarriesTheNewestRevisionNeverTheOneAsked) {
    const auto old = put("a", "1");
    const auto now = put("a", "2");
    EXPECT_EQ(range({all(), old, 0, false}).revision, now);
    EXPECT_EQ(range({all(), 0, 0, false}).revision, now);
    EXPECT_EQ(range({KeyRange::single(k("none")), 0, 0, false}).revision, now);
}

TEST_P(StoreContract, TheFutureCannotBeRead) {
    const auto now = put("a", "1");
    EXPECT_EQ(get("a", now)->value, "1");
    const auto result = try_range({all(), now + 1, 0, false});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::future_revision);
    EXPECT_EQ(result.error().number("revision"), now);
}

TEST_P(StoreContract, PagesPinnedToOneRevisionAreOneList) {
    for (int i = 0; i < 25; ++i) put(std::to_string(100 + i), "old");
    const auto pinned = newest();
    std::vector<std::string> seen;
    auto rest = all();
    for (bool more = true; more;) {
        const auto page = range({rest, pinned, 10, false});
        for (const auto& kv : page.kvs) {
            seen.push_back(kv.key);
            EXPECT_EQ(kv.value, "old");
        }
        rest.begin = KeyRange::single(page.kvs.back().key).end;
        more = page.more;
        put("101", "new");
        put("999", "new");
        remove("124");
        put("124", "new");
    }
    EXPECT_EQ(seen.size(), 25U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_P(StoreContract, KeysAndValuesAreBytes) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    const auto revision = put(bytes, bytes + bytes);
    const auto kv = get(bytes);
    ASSERT_TRUE(kv);
    EXPECT_EQ(kv->key, k(bytes));
    EXPECT_EQ(kv->value, bytes + bytes);
    auto stream = watch(all(), revision);
    EXPECT_EQ(next_events(*stream).events[0].kv, *kv);
}

TEST_P(StoreContract, AnEmptyValueIsAValue) {
    const auto revision = put("a", "");
    ASSERT_TRUE(get("a"));
    EXPECT_EQ(get("a")->value, "");
    auto stream = watch(all(), revision);
    EXPECT_EQ(next_events(*stream).events[0].type, store::Event::Type::put);
}

TEST_P(StoreContract, AValueOfOneMebibyteGoesThrough) {
    std::string value(1U << 20U, 'x');
    for (std::size_t i = 0; i < value.size(); i += 97) value[i] = static_cast<char>(i);
    const auto revision = put("big", value);
    EXPECT_TRUE(get("big")->value == value);
    auto stream = watch(all(), revision);
    EXPECT_TRUE(next_events(*stream).events[0].kv.value == value);
}

TEST_P(StoreContract, ThousandsOfKeysAreListedWhole) {
    constexpr int keys = 3'000;
    for (int i = 0; i < keys; i += 100) {
        store::Transaction transaction;
        for (int j = i; j < i + 100; ++j) transaction.puts.push_back({k(std::to_string(10'000 + j)), "v", 0});
        commit(transaction);
    }
    const auto result = range({all(), 0, 0, true});
    ASSERT_EQ(result.kvs.size(), static_cast<std::size_t>(keys));
    EXPECT_TRUE(std::ranges::is_sorted(keys_of(result)));
}

TEST_P(StoreContract, AReadSeesEveryWriteAcknowledgedBefore) {
    for (int i = 0; i < 100; ++i) {
        const auto revision = put("a", std::to_string(i));
        const auto result = range({KeyRange::single(k("a")), 0, 0, false});
        ASSERT_EQ(result.kvs.at(0).value, std::to_string(i));
        ASSERT_GE(result.revision, revision);
    }
}

}  // namespace
}  // namespace confcast::test
