#include "difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Row {
    std::string key;
    std::string value;
    Revision mod = 0;
    std::string author = {};
};

template <class Taker>
void give(Taker& taker, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        store::KeyValue kv{"/config/" + row.key, row.value, row.mod, row.mod, 1, 0};
        store::Metadata meta;
        meta.author = row.author;
        const std::string record = store::encode_metadata(meta);
        taker.take({row.key, kv, row.author.empty() ? nullptr : &record});
    }
}

State state_of(Revision at, const std::vector<Row>& rows) {
    State state;
    std::vector<EntryPtr> entries;
    for (const Row& row : rows) entries.push_back(entry(row.key, row.value, row.mod, row.author));
    state.reset(at, entries);
    return state;
}

std::vector<std::string> difference(const std::vector<Row>& ours, const std::vector<Row>& theirs) {
    const State state = state_of(9, ours);
    const NotificationLog log;
    Difference difference(state, log);
    give(difference, theirs);
    difference.finish();
    auto out = texts(difference.events);
    for (const EntryPtr& amended : difference.amended) out.push_back("~" + amended->key + " " + amended->meta.author);
    return out;
}

TEST(Difference, OfTheSameIsNothing) {
    EXPECT_THAT(difference({{"a", "1", 2, "ann"}, {"b", "1", 3}}, {{"a", "1", 2, "ann"}, {"b", "1", 3}}), IsEmpty());
    EXPECT_THAT(difference({}, {}), IsEmpty());
}

TEST(Difference, HasPutsForChangedRevisionsAndDeletesForMissingKeys) {
    EXPECT_THAT(difference({{"a", "1", 2}, {"c", "1", 2}, {"d", "1", 2}, {"f", "1", 2}},
                           {{"b", "1", 5}, {"c", "2", 6}, {"d", "1", 2}, {"e", "1", 7}}),
                ElementsAre("-a", "b=1", "c=2", "e=1", "-f"));
}

TEST(Difference, OfEverythingAndNothingIsAllOfIt) {
    EXPECT_THAT(difference({{"a", "1", 2}, {"b", "1", 2}}, {}), ElementsAre("-a", "-b"));
    EXPECT_THAT(difference({}, {{"a", "1", 2}, {"b", "1", 2}}), ElementsAre("a=1", "b=1"));
}

TEST(Difference, AmendsMetadataWithoutAnEvent) {
    EXPECT_THAT(difference({{"a", "1", 2, "ann"}, {"b", "1", 2}}, {{"a", "1", 2}, {"b", "1", 2, "bob"}}),
                ElementsAre("~a ", "~b bob"));
}

std::uint64_t wrong(const State& state, Revision at, const std::vector<Row>& listed, std::size_t slice = 100) {
    Audit audit;
    give(audit, listed);
    while (audit.compare(state, at, slice)) {
    }
    return audit.wrong();
}

TEST(Audit, FindsNothingWhereStateIsRight) {
    const State state = state_of(9, {{"a", "1", 2, "ann"}, {"b", "1", 3}});
    for (const std::size_t slice : {1U, 2U, 100U})
        EXPECT_EQ(wrong(state, 9, {{"a", "", 2, "x"}, {"b", "", 3}}, slice), 0U);
    EXPECT_EQ(wrong(state_of(9, {}), 9, {}), 0U);
}

TEST(Audit, FindsALostPutALostDeleteAndALostChange) {
    const State state = state_of(8, {{"a", "1", 2}, {"c", "1", 3}, {"d", "1", 3}});
    // deletes before 8 are not known to this state, so a put at 9 and a list at 9 are beyond doubt
    State later = state_of(9, {{"a", "1", 2}, {"c", "1", 3}, {"d", "1", 3}});
    later.advance(10);
    for (const std::size_t slice : {1U, 2U, 100U}) {
        EXPECT_EQ(wrong(later, 10, {{"a", "", 2}, {"b", "", 10}, {"c", "", 5}}, slice), 3U);
        EXPECT_EQ(wrong(state, 8, {{"a", "", 2}}, slice), 2U);
    }
}

TEST(Audit, LeavesAloneWhatChangedAfterTheList) {
    State state = state_of(9, {{"a", "1", 2}, {"b", "1", 3}, {"c", "1", 3}});
    state.apply(*change(12, {put("a", "2", 12), del("b"), put("new", "1", 12)}));
    EXPECT_EQ(wrong(state, 10, {{"a", "", 2}, {"b", "", 3}, {"c", "", 3}}), 0U);
}

TEST(Audit, ToleratesAStateThatMovesOnBetweenSlices) {
    State state = state_of(9, {{"a", "1", 2}, {"b", "1", 3}, {"c", "1", 3}});
    Audit audit;
    give(audit, {{"a", "", 2}, {"b", "", 3}, {"c", "", 3}});
    EXPECT_TRUE(audit.compare(state, 9, 1));
    state.apply(*change(12, {del("a"), del("b"), put("bb", "1", 12)}));
    EXPECT_TRUE(audit.compare(state, 9, 1));
    EXPECT_FALSE(audit.compare(state, 9, 1));
    EXPECT_EQ(audit.wrong(), 0U);
}

TEST(Audit, FindsMetadataThatNoLongerCounts) {
    const State state = state_of(9, {{"a", "1", 2, "ann"}, {"b", "1", 2}});
    EXPECT_EQ(wrong(state, 9, {{"a", "", 2}, {"b", "", 2, "undecodable"}}), 1U);
}

TEST(Audit, SaysNothingOfDeletesThatAreForgotten) {
    const State state = state_of(9, {});
    EXPECT_EQ(wrong(state, 8, {{"a", "", 2}}), 0U);
}

}  // namespace
}  // namespace confcast::feed::test
