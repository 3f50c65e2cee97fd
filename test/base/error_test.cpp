#include "confcast/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace confcast {
namespace {

TEST(Error, CarriesACodeAndItsParticulars) {
    const Error error = Error(Errc::compacted).with("oldest", 42).with("key", "a/b");
    EXPECT_EQ(error, Errc::compacted);
    EXPECT_EQ(error.number("oldest"), 42);
    EXPECT_EQ(error.detail("oldest"), "42");
    EXPECT_EQ(error.detail("key"), "a/b");
    EXPECT_EQ(error.number("key"), 0) << "text is no number";
    EXPECT_EQ(error.detail("absent"), "");
    EXPECT_EQ(error.number("absent"), 0);
}

TEST(Error, ReadsWellInALog) {
    EXPECT_EQ(Error(Errc::config_not_found).with("key", "app/x").with("revision", 7).to_string(),
              "config_not_found key=app/x revision=7");
    EXPECT_EQ(Error(Errc::internal).to_string(), "internal");
}

TEST(Errc, IsTheHttpStatusAndANumberOfItsOwn) {
    EXPECT_EQ(http_status(Errc::config_not_found), 404U);
    EXPECT_EQ(http_status(Errc::outcome_unknown), 504U);
}

TEST(Errc, ListsEveryCodeOnceWithANameOfItsOwn) {
    const auto& codes = all_errcs();
    EXPECT_GE(codes.size(), 40U);
    EXPECT_TRUE(std::ranges::is_sorted(codes));
    std::set<std::string_view> names;
    for (const Errc code : codes) {
        EXPECT_NE(name_of(code), "?");
        EXPECT_TRUE(names.insert(name_of(code)).second) << name_of(code);
        EXPECT_GE(http_status(code), 400U);
        EXPECT_LT(http_status(code), 600U);
    }
    EXPECT_EQ(codes.front(), Errc::malformed_json);
    EXPECT_EQ(codes.back(), Errc::http_version_unsupported);
}

TEST(Errc, KnowsANumberThatIsNoCode) { EXPECT_EQ(name_of(static_cast<Errc>(41'234)), "?"); }

Result<int> half(int n) {
    if (n % 2 != 0) return Error(Errc::invalid_parameter).with("value", n);
    return n / 2;
}

TEST(Result, IsAValueOrAnError) {
    EXPECT_EQ(half(8).value(), 4);
    EXPECT_EQ(half(7).error(), Errc::invalid_parameter);
    EXPECT_FALSE(half(7));
}

TEST(Result, ThrowsALogicErrorThatSaysWhatWasUnchecked) {
    try {
        [[maybe_unused]] const int none = half(7).value();
        FAIL() << "a value from an error";
    } catch (const std::logic_error& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr("invalid_parameter value=7"));
    }
}

}  // namespace
}  // namespace confcast
