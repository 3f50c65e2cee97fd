#include "intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AnIntake : public testing::Test {
  protected:
    AnIntake() {
        state_.reset(10, {entry("old", "1", 4)});
        state_.apply(*change(12, {put("a", "1", 12)}));
        state_.apply(*change(14, {del("b")}));
    }
    Intake take(std::vector<store::Event> events) { return sort_out(std::move(events), 14, layout_, state_); }
    static std::vector<std::string> names(const Intake& intake) {
        std::vector<std::string> out;
        for (const auto& event : intake.events) out.push_back(std::to_string(event.kv.mod_revision) + event.kv.key);
        return out;
    }
    store::Layout layout_ = layout();
    State state_;
};

TEST_F(AnIntake, OrdersWhatIsNewByRevisionThenKey) {
    const auto intake = take({put_event("/config/b", "", 16), put_event("/config/z", "", 15),
                              put_event("/config/a", "", 16), delete_event("/config/y", 15)});
    EXPECT_THAT(names(intake), ElementsAre("15/config/y", "15/config/z", "16/config/a", "16/config/b"));
    EXPECT_EQ(intake.duplicates, 0U);
}

TEST_F(AnIntake, CountsAndIgnoresWhatIsNotBeyondTheAppliedRevision) {
    const auto intake = take({put_event("/config/a", "1", 12), delete_event("/config/b", 14),
                              put_event("/config/old", "1", 4), put_event("/config/new", "", 15)});
    EXPECT_THAT(names(intake), ElementsAre("15/config/new"));
    EXPECT_EQ(intake.duplicates, 3U);
    EXPECT_EQ(intake.late, 0U);
}

TEST_F(AnIntake, CountsAnEventThatComesTwiceInABatchOnce) {
    const auto intake = take({put_event("/config/a", "", 15), put_event("/config/a", "", 15)});
    EXPECT_THAT(names(intake), ElementsAre("15/config/a"));
    EXPECT_EQ(intake.duplicates, 1U);
}

TEST_F(AnIntake, DiscardsEventsWithoutAKeyOrARevision) {
    const auto intake = take({put_event("", "", 15), put_event("/config/a", "", 0), put_event("/config/a", "", -3)});
    EXPECT_THAT(intake.events, IsEmpty());
    EXPECT_EQ(intake.discarded, 3U);
    EXPECT_EQ(intake.duplicates, 0U);
}

TEST_F(AnIntake, TellsALateEventFromARepeatedOne) {
    EXPECT_EQ(take({put_event("/config/never-seen", "", 13)}).late, 1U);
    EXPECT_EQ(take({put_event("/config/a", "", 13)}).late, 1U);
    EXPECT_EQ(take({delete_event("/config/a", 13)}).late, 1U);
    EXPECT_EQ(take({put_event("/config/b", "", 13)}).late, 0U) << "deleted at 14: its effect is there";
    EXPECT_EQ(take({delete_event("/config/never-seen", 13)}).late, 0U) << "gone is gone";
    EXPECT_EQ(take({put_event("/config/long-gone", "", 9)}).late, 0U) << "deletes before 10 are not known";
    EXPECT_EQ(take({put_event("/config/not//a-key", "", 13)}).late, 0U);
    EXPECT_EQ(take({record_event("a", "ann", 13)}).late, 0U);
}

}  // namespace
}  // namespace confcast::feed::test
