// What etcd's and gRPC's sentences mean for a store.
#include "failure.hpp"

#include <gtest/gtest.h>

namespace confcast::etcd {
namespace {

Errc meaning(Code code, std::string_view message, Effect effect = Effect::writes) {
    return judge(code, message, effect).error.code();
}

TEST(Failure, EtcdsOwnRefusalsHaveTheirCodes) {
    EXPECT_EQ(meaning(Code::out_of_range, "etcdserver: mvcc: required revision has been compacted"), Errc::compacted);
    EXPECT_EQ(meaning(Code::out_of_range, "etcdserver: mvcc: required revision is a future revision"),
              Errc::future_revision);
    EXPECT_EQ(meaning(Code::not_found, "etcdserver: requested lease not found"), Errc::lease_not_found);
    EXPECT_EQ(meaning(Code::invalid_argument, "etcdserver: duplicate key given in txn request"), Errc::duplicate_key);
    EXPECT_EQ(meaning(Code::invalid_argument, "etcdserver: too many operations in txn request"),
              Errc::too_many_operations);
}

TEST(Failure, AWriteWhoseTimeRanOutHasAnUnknownOutcome) {
    const auto failure = judge(Code::deadline_exceeded, "Deadline Exceeded", Effect::writes);
    EXPECT_EQ(failure.error.code(), Errc::outcome_unknown);
    EXPECT_FALSE(failure.repeatable);
    EXPECT_TRUE(failure.elsewhere);
}

TEST(Failure, AReadWhoseTimeRanOutTimedOut) {
    const auto failure = judge(Code::deadline_exceeded, "Deadline Exceeded", Effect::reads);
    EXPECT_EQ(failure.error.code(), Errc::store_timeout);
    EXPECT_TRUE(failure.repeatable);
}

TEST(Failure, AWriteThatWasNeverSentDidNotHappen) {
    for (const char* message : {"failed to connect to all addresses; last error: …", "etcdserver: no leader"}) {
        const auto failure = judge(Code::unavailable, message, Effect::writes);
        EXPECT_EQ(failure.error.code(), Errc::store_unavailable) << message;
        EXPECT_TRUE(failure.repeatable) << message;
    }
}

TEST(Failure, AConnectionThatBrokeUnderAWriteLeavesItUnknown) {
    for (const char* message : {"Socket closed", "GOAWAY received", "etcdserver: request timed out",
                                "etcdserver: leader changed", "etcdserver: server stopped"})
        EXPECT_EQ(meaning(Code::unavailable, message), Errc::outcome_unknown) << message;
}

TEST(Failure, AnAnswerThatIsTooLargeIsAnAnswer) {
    EXPECT_EQ(meaning(Code::resource_exhausted, "Received message larger than max (70000000 vs. 67108864)"),
              Errc::outcome_unknown);
}

TEST(Failure, AFullDatabaseRefusesBeforeItWrites) {
    const auto failure = judge(Code::resource_exhausted, "etcdserver: mvcc: database space exceeded", Effect::writes);
    EXPECT_EQ(failure.error.code(), Errc::store_unavailable);
    EXPECT_FALSE(failure.elsewhere);
    EXPECT_NE(failure.error.detail("reason").find("space exceeded"), std::string::npos);
}

TEST(Failure, AnOldTokenAsksForANewOne) {
    EXPECT_TRUE(judge(Code::unauthenticated, "etcdserver: invalid auth token", Effect::writes).token);
    EXPECT_FALSE(judge(Code::permission_denied, "etcdserver: permission denied", Effect::writes).token);
}

}  // namespace
}  // namespace confcast::etcd
