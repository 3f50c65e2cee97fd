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

TEST(Failure, AValueThatIsTooLargeIsSaidToBe) {
    EXPECT_EQ(meaning(Code::invalid_argument, "etcdserver: request is too large"), Errc::value_too_large);
    EXPECT_EQ(meaning(Code::resource_exhausted, "grpc: received message larger than max (2097201 vs. 2097152)"),
              Errc::value_too_large);
}

TEST(Failure, OnlyWhatEtcdRefusedItselfIsCertain) {
    for (const Code code : {Code::invalid_argument, Code::not_found, Code::already_exists, Code::permission_denied,
                            Code::failed_precondition, Code::out_of_range, Code::unimplemented, Code::unauthenticated})
        EXPECT_NE(meaning(code, "whatever"), Errc::outcome_unknown) << static_cast<int>(code);
    for (const Code code : {Code::cancelled, Code::unknown, Code::deadline_exceeded, Code::aborted, Code::internal,
                            Code::unavailable, Code::data_loss, Code::resource_exhausted, static_cast<Code>(99)})
        EXPECT_EQ(meaning(code, "whatever"), Errc::outcome_unknown) << static_cast<int>(code);
}

TEST(Failure, AReadIsNeverUnknown) {
    for (int code = 1; code <= 16; ++code) {
        const auto failure = judge(static_cast<Code>(code), "whatever", Effect::reads);
        EXPECT_NE(failure.error.code(), Errc::outcome_unknown) << code;
        EXPECT_TRUE(failure.repeatable) << code;
    }
}

TEST(Failure, AnotherEndpointIsTriedWhenThisOneIsToBlame) {
    EXPECT_TRUE(judge(Code::unavailable, "Socket closed", Effect::reads).elsewhere);
    EXPECT_TRUE(judge(Code::unavailable, "etcdserver: no leader", Effect::reads).elsewhere);
    EXPECT_FALSE(judge(Code::permission_denied, "etcdserver: permission denied", Effect::reads).elsewhere);
    EXPECT_FALSE(judge(Code::unauthenticated, "etcdserver: invalid auth token", Effect::reads).elsewhere);
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
