// A run can be repeated: faults, writes and filters are functions of the seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "confcast/verify/fault_plan.hpp"
#include "confcast/verify/workload.hpp"

namespace confcast::verify::test {
namespace {

using namespace std::chrono_literals;

FaultPlan plan(std::uint64_t seed) {
    return {seed, 60s, 3s, {FaultKind::kill_server, FaultKind::compact, FaultKind::stall_clients}};
}

std::string text_of(const std::vector<Fault>& faults) {
    std::string text;
    for (const auto& fault : faults)
        text += std::to_string(fault.at.count()) + " " + std::string(name_of(fault.kind)) + " " +
                std::to_string(fault.length.count()) + " " + std::to_string(fault.dice) + "\n";
    return text;
}

TEST(FaultPlan, IsAFunctionOfTheSeed) {
    EXPECT_EQ(text_of(make_faults(plan(7))), text_of(make_faults(plan(7))));
    EXPECT_NE(text_of(make_faults(plan(7))), text_of(make_faults(plan(8))));
}

TEST(FaultPlan, DrawsEachKindBeforeAnyComesAgain) {
    const auto faults = make_faults(plan(3));
    ASSERT_GE(faults.size(), 12U);
    for (std::size_t i = 0; i + 3 <= faults.size(); i += 3)
        EXPECT_EQ(std::set({faults[i].kind, faults[i + 1].kind, faults[i + 2].kind}).size(), 3U) << i;
}

TEST(FaultPlan, LeavesTimeBetweenFaultsAndAtTheEnd) {
    const auto faults = make_faults(plan(3));
    for (std::size_t i = 1; i < faults.size(); ++i) EXPECT_GE(faults[i].at - faults[i - 1].at, 2100ms);
    EXPECT_LE(faults.back().at, 57s);
    EXPECT_TRUE(make_faults({1, 60s, 0s, {FaultKind::compact}}).empty());
    EXPECT_TRUE(make_faults({1, 60s, 3s, {}}).empty());
}

TEST(Workload, NeverWritesAValueTwice) {
    std::set<std::string> values;
    for (std::size_t writer = 0; writer < 3; ++writer) {
        Writes writes({}, Dice(1).part(writer), writer);
        for (int i = 0; i < 500; ++i)
            for (const auto& [key, value] : writes.next().puts) EXPECT_TRUE(values.insert(value).second) << value;
    }
}

TEST(Workload, HasEveryKindOfWrite) {
    Writes writes({}, Dice(1), 0);
    std::set<Operation::Kind> kinds;
    bool has_ttl = false;
    for (int i = 0; i < 500; ++i) {
        const auto operation = writes.next();
        kinds.insert(operation.kind);
        has_ttl = has_ttl || operation.ttl.has_value();
        EXPECT_FALSE(operation.puts.empty() && operation.deletes.empty());
    }
    EXPECT_EQ(kinds.size(), 4U);
    EXPECT_TRUE(has_ttl);
}

TEST(Workload, FiltersDifferAndMatchWhatIsWritten) {
    const Keys keys;
    std::set<std::string> queries;
    for (std::size_t n = 0; n < 10; ++n) {
        const auto filter = make_filter(keys, Dice(5).part(n), n, true);
        queries.insert(filter.query());
        bool any = false;
        for (std::size_t group = 0; group < keys.groups; ++group)
            for (std::size_t i = 0; i < keys.in_group; ++i) any = any || filter.matches(keys.name(group, i));
        EXPECT_TRUE(any) << filter.query();
    }
    EXPECT_GE(queries.size(), 6U);
}

}  // namespace
}  // namespace confcast::verify::test
