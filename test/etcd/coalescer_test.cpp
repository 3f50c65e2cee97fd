// Which writes go together, which wait, and in which order.
#include "coalescer.hpp"

#include <gmock/gmock.h>

#include <string>

namespace confcast::etcd {
namespace {

using store::Compare;
using store::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

Transaction put(const std::string& key, const std::string& value = "v") {
    Transaction transaction;
    transaction.puts.push_back({key, value, 0});
    return transaction;
}
Transaction remove(const std::string& key) {
    Transaction transaction;
    transaction.deletes.push_back(key);
    return transaction;
}
Transaction put_if(const std::string& compared, const std::string& key) {
    Transaction transaction = put(key);
    transaction.compares.push_back({compared, Compare::Relation::equal, 7});
    return transaction;
}

class CoalescerTest : public testing::Test {
  protected:
    using Plan = std::vector<std::vector<std::string>>;

    /// Its name in what goes is its first key.
    QueuedWritePtr wait(Transaction transaction) {
        const auto write =
            std::make_shared<QueuedWrite>(std::move(transaction), SteadyTime{} + std::chrono::seconds{++arrived_});
        coalescer_.wait(write);
        return write;
    }
    static Plan names(const std::vector<WriteBatch>& batches) {
        Plan plan;
        for (const WriteBatch& batch : batches) {
            plan.emplace_back();
            for (const QueuedWritePtr& write : batch) {
                const Transaction& one = write->transaction;
                plan.back().push_back(one.puts.empty() ? "-" + one.deletes.front() : one.puts.front().key);
            }
        }
        return plan;
    }
    Plan take() { return names(coalescer_.take()); }

    int arrived_ = 0;
    Coalescer coalescer_{CoalescerLimits{.operations = 8, .bytes = 200, .calls = 1, .burst = 4}};
};

TEST_F(CoalescerTest, AWriteIsFreeToGoWhenNothingIsUnderWay) {
    EXPECT_TRUE(coalescer_.is_free());
    coalescer_.began();
    EXPECT_FALSE(coalescer_.is_free());
    coalescer_.ended();
    EXPECT_TRUE(coalescer_.is_free());
}

TEST_F(CoalescerTest, AWriteIsNotFreeToPassThoseThatWait) {
    wait(put("a"));
    EXPECT_FALSE(coalescer_.is_free());
}

TEST_F(CoalescerTest, WhatWaitsGoesTogetherWhenTheCallEnds) {
    coalescer_.began();
    wait(put("a"));
    wait(remove("b"));
    wait(put_if("c", "c"));
    EXPECT_THAT(take(), IsEmpty());
    coalescer_.ended();
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a", "-b", "c")));
    EXPECT_THAT(take(), IsEmpty());
}

TEST_F(CoalescerTest, WhatWaitsTooLongGoesHoweverManyCallsAreUnderWay) {
    coalescer_.began();
    wait(put("a"));
    wait(put("b"));
    EXPECT_EQ(coalescer_.oldest(), SteadyTime{} + std::chrono::seconds{1});
    EXPECT_THAT(names(coalescer_.take_anyway()), ElementsAre(ElementsAre("a", "b")));
    EXPECT_EQ(coalescer_.oldest(), std::nullopt);
}

TEST_F(CoalescerTest, TwoWritesToOneKeyAreNeverInOne) {
    wait(put("a", "1"));
    wait(put("b"));
    wait(put("a", "2"));
    wait(put("c"));
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("a")));
}

TEST_F(CoalescerTest, TheWritesToOneKeyGoInTheirOrder) {
    for (int i = 0; i < 4; ++i) wait(i % 2 == 0 ? put("a") : remove("a"));
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a"), ElementsAre("-a"), ElementsAre("a"), ElementsAre("-a")));
}

TEST_F(CoalescerTest, AConditionOnAKeyIsNotWithAWriteToIt) {
    wait(put("a"));
    wait(put_if("a", "b"));
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a"), ElementsAre("b")));
    wait(put_if("a", "b"));
    wait(put("a"));
    EXPECT_THAT(take(), ElementsAre(ElementsAre("b"), ElementsAre("a")));
}

TEST_F(CoalescerTest, AWriteDoesNotPassAnotherByWayOfAThird) {
    wait(put("a", "1"));
    wait(put_if("a", "b"));  // behind the first
    wait(put("b", "2"));     // behind the second, though the first batch knows nothing of b
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a"), ElementsAre("b"), ElementsAre("b")));
}

TEST_F(CoalescerTest, ABatchHasNoMoreOperationsThanAllowed) {
    for (const char* key : {"a", "b", "c", "d", "e"}) wait(put(key));  // a put and a read of its new state: 2 each
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a", "b", "c", "d"), ElementsAre("e")));
}

TEST_F(CoalescerTest, ATransactionInTheTransactionCountsWithAllThatMayBeAskedOfIt) {
    EXPECT_EQ(operations_of(put("a")), 2U);
    EXPECT_EQ(operations_of(remove("a")), 1U);
    EXPECT_EQ(operations_of(put_if("a", "a")), 4U) << "itself, the put, its read, the read for the refusal";
}

TEST_F(CoalescerTest, ABatchHasNoMoreBytesThanAllowed) {
    wait(put("a", std::string(100, 'x')));
    wait(put("b", std::string(100, 'x')));
    wait(put("c", std::string(90, 'x')));
    EXPECT_THAT(take(), ElementsAre(ElementsAre("a"), ElementsAre("b", "c")));
}

TEST_F(CoalescerTest, WhatIsTooMuchForABatchDoesNotFit) {
    EXPECT_TRUE(coalescer_.fits(put("a", std::string(198, 'x'))));
    EXPECT_FALSE(coalescer_.fits(put("a", std::string(199, 'x'))));
    Transaction many;
    for (int i = 0; i < 5; ++i) many.puts.push_back({std::to_string(i), "", 0});
    EXPECT_FALSE(coalescer_.fits(many));
}

TEST_F(CoalescerTest, ConditionsGoAloneWhereTheyAreNotToBeNested) {
    const Coalescer flat{CoalescerLimits{.conditions = false}};
    EXPECT_TRUE(flat.fits(put("a")));
    EXPECT_FALSE(flat.fits(put_if("a", "a")));
}

TEST_F(CoalescerTest, SoManyBatchesAtOnceAndNoMore) {
    for (int i = 0; i < 6; ++i) wait(put("a", std::to_string(i)));
    EXPECT_EQ(take().size(), 4U);
    coalescer_.began();
    EXPECT_THAT(take(), IsEmpty());
    coalescer_.ended();
    EXPECT_EQ(take().size(), 2U);
}

TEST_F(CoalescerTest, WhatNobodyWaitsForIsNotSent) {
    wait(put("a"))->gone = true;
    wait(put("b"));
    wait(put("c"))->gone = true;
    EXPECT_EQ(coalescer_.oldest(), SteadyTime{} + std::chrono::seconds{2});
    EXPECT_THAT(take(), ElementsAre(ElementsAre("b")));
    EXPECT_TRUE(coalescer_.is_free());
}

TEST_F(CoalescerTest, WhatIsGivenUpIsNotSent) {
    wait(put("a"));
    EXPECT_EQ(coalescer_.give_up().size(), 1U);
    EXPECT_THAT(take(), IsEmpty());
}

}  // namespace
}  // namespace confcast::etcd
