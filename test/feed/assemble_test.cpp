#include "assemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "confcast/store/record.hpp"
#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Assembled assembled(std::vector<store::Event> events, const State& state = State()) {
    std::ranges::sort(events, {}, [](const store::Event& event) { return event.kv.key; });
    return assemble(events, layout(), state);
}

TEST(Assemble, JoinsAnEntryWithTheRecordOfItsRevision) {
    const auto out = assembled({put_event("/config/a/b", "1", 5), record_event("a/b", "ann", 5)});
    ASSERT_EQ(out.events.size(), 1U);
    const Entry& made = *out.events[0].entry;
    EXPECT_EQ(made.key, "a/b");
    EXPECT_EQ(made.value, "1");
    EXPECT_EQ(made.mod_revision, 5);
    EXPECT_EQ(made.meta.author, "ann");
    EXPECT_THAT(out.amended, IsEmpty());
}

TEST(Assemble, LeavesAnEntryWithoutARecordBare) {
    const auto out = assembled({put_event("/config/a", "1", 5)});
    EXPECT_EQ(out.events.at(0).entry->meta, store::Metadata{});
}

TEST(Assemble, JoinsEachOfManyWithItsOwnRecord) {
    const auto out =
        assembled({put_event("/config/a", "1", 5), put_event("/config/b", "2", 5), delete_event("/config/c", 5),
                   put_event("/config/d", "4", 5), record_event("a", "ann", 5), record_event("d", "dan", 5),
                   delete_event(layout().meta_key("c"), 5)});
    EXPECT_THAT(texts(out.events), ElementsAre("a=1", "b=2", "-c", "d=4"));
    EXPECT_EQ(out.events[0].entry->meta.author, "ann");
    EXPECT_EQ(out.events[1].entry->meta.author, "");
    EXPECT_EQ(out.events[3].entry->meta.author, "dan");
}

constexpr std::string_view traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

store::Event traced_record(const std::string& key, std::string_view trace, Revision mod) {
    return put_event(layout().meta_key(key), store::encode_metadata({}, TraceContext::parse(trace)), mod);
}

TEST(Assemble, KnowsTheTraceOfAWriteByItsRecords) {
    EXPECT_EQ(assembled({put_event("/config/a", "1", 5)}).traceparent, "");
    EXPECT_EQ(assembled({put_event("/config/a", "1", 5), record_event("a", "ann", 5)}).traceparent, "");
    EXPECT_EQ(assembled({put_event("/config/a", "1", 5), traced_record("a", traceparent, 5)}).traceparent, traceparent);
    EXPECT_EQ(assembled({delete_event("/config/a", 5), delete_event(layout().meta_key("a"), 5),
                         put_event(layout().trace_key(), store::encode_trace(*TraceContext::parse(traceparent)), 5)})
                  .traceparent,
              traceparent);
}

TEST(Assemble, TakesNoTraceOfARecordThatBelongsToNoEntryOrNamesNone) {
    EXPECT_EQ(assembled({put_event("/config/b", "1", 5), traced_record("a", traceparent, 5)}).traceparent, "");
    EXPECT_EQ(assembled({put_event("/config/a", "1", 5),
                         put_event(layout().meta_key("a"), "confcast-meta 1\ntraceparent: 00-junk\n", 5)})
                  .traceparent,
              "");
    EXPECT_EQ(assembled({delete_event("/config/a", 5), put_event(layout().trace_key(), "junk", 5)}).traceparent, "");
    EXPECT_EQ(assembled({delete_event("/config/a", 5), delete_event(layout().trace_key(), 5)}).traceparent, "");
}

TEST(Assemble, TakesBytesThatAreNoRecordForNoMetadata) {
    const auto out = assembled({put_event("/config/a", "1", 5), put_event(layout().meta_key("a"), "junk", 5)});
    EXPECT_EQ(out.events.at(0).entry->meta, store::Metadata{});
}

TEST(Assemble, VoidsTheMetadataWhoseRecordIsWrittenWithoutItsEntry) {
    State state;
    state.apply(*change(3, {{"a", entry("a", "1", 3, "ann")}}));
    for (const bool removed : {false, true}) {
        const auto out =
            assembled({removed ? delete_event(layout().meta_key("a"), 5) : record_event("a", "eve", 5)}, state);
        EXPECT_THAT(out.events, IsEmpty());
        ASSERT_EQ(out.amended.size(), 1U);
        EXPECT_EQ(out.amended[0]->meta, store::Metadata{});
        EXPECT_EQ(out.amended[0]->mod_revision, 3);
        EXPECT_EQ(out.amended[0]->value, "1");
    }
}

TEST(Assemble, MakesNothingOfARecordForNoEntryOrABareOne) {
    State state;
    state.apply(*change(3, {put("bare", "1", 3)}));
    const auto out = assembled({record_event("bare", "eve", 5), record_event("nowhere", "eve", 5)}, state);
    EXPECT_THAT(out.events, IsEmpty());
    EXPECT_THAT(out.amended, IsEmpty());
}

TEST(Assemble, VoidsRecordsBetweenAndBehindTheEntriesOfARevision) {
    State state;
    state.apply(
        *change(3, {{"a", entry("a", "1", 3, "x")}, {"c", entry("c", "1", 3, "x")}, {"e", entry("e", "1", 3, "x")}}));
    const auto out =
        assembled({record_event("a", "y", 5), record_event("b", "y", 5), record_event("c", "y", 5),
                   record_event("e", "y", 5), put_event("/config/b", "2", 5), put_event("/config/d", "2", 5)},
                  state);
    EXPECT_THAT(texts(out.events), ElementsAre("b=2", "d=2"));
    EXPECT_EQ(out.events[0].entry->meta.author, "y");
    ASSERT_EQ(out.amended.size(), 3U);
}

TEST(Assemble, IgnoresKeysThatAreNoSettings) {
    const auto out =
        assembled({put_event("/config/a//b", "1", 5), put_event("/config/", "1", 5), put_event("/config/\xFF", "1", 5),
                   put_event("/config.other/x", "1", 5), put_event("/config/ok", "1", 5)});
    EXPECT_THAT(texts(out.events), ElementsAre("ok=1"));
    EXPECT_EQ(out.foreign, 3U);
}

}  // namespace
}  // namespace confcast::feed::test
