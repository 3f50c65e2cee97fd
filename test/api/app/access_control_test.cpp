// Credentials of a running server: read at the start, read again, never half.
#include "access_control.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "confcast/test/recording_log.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "memory_budget.hpp"

namespace confcast::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class AccessControlTest : public testing::Test {
  protected:
    AccessControlTest() { setup.credentials = directory / "credentials.json"; }

    std::string token(const std::string& name) {
        const auto made = auth::make_token(name, auth::Permissions::all(), {}, SystemTime{});
        EXPECT_TRUE(auth::add_token(setup.credentials, made.token));
        return made.text;
    }
    static bool is_good(AccessControl& access, const std::string& token) {
        return access.authenticator()->bearer(token, SystemTime{}).has_value();
    }
    static std::string text_of(const std::filesystem::path& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const test::TemporaryDirectory owned;
    const std::filesystem::path directory = owned.path();
    AccessSetup setup;
    test::RecordingLog log;
};

TEST_F(AccessControlTest, NobodyIsAskedWithoutCredentials) {
    AccessControl access({}, log);
    EXPECT_TRUE(access.open());
    EXPECT_EQ(access.authenticator(), nullptr);
    access.audit("goes nowhere");
}

TEST_F(AccessControlTest, AFileThatIsNotThereOrIsNotTrustedIsNoStart) {
    AccessControl missing(setup, log);
    EXPECT_THAT(missing.open().error().detail("reason"), HasSubstr("credentials.json"));
    token("a");
    ::chmod(std::string(setup.credentials).c_str(), 0644);
    AccessControl open(setup, log);
    EXPECT_THAT(open.open().error().detail("reason"), HasSubstr("chmod"));
}

TEST_F(AccessControlTest, WhatHasChangedInTheFileCountsAndWhatIsWrongDoesNot) {
    const std::string first = token("a");
    AccessControl access(setup, log);
    ASSERT_TRUE(access.open());
    EXPECT_FALSE(access.poll());
    EXPECT_TRUE(is_good(access, first));
    const std::string second = token("b");
    EXPECT_TRUE(access.poll());
    EXPECT_TRUE(is_good(access, second));
    std::ofstream(setup.credentials) << "nonsense";
    EXPECT_FALSE(access.poll());
    EXPECT_TRUE(log.contains("the old ones go on"));
    EXPECT_TRUE(is_good(access, first));
    EXPECT_THAT(access.reload(), SizeIs(1));
    EXPECT_TRUE(is_good(access, second));
    std::filesystem::remove(setup.credentials);
    EXPECT_FALSE(access.poll());
    EXPECT_TRUE(is_good(access, first));
    const std::string third = token("c");
    EXPECT_TRUE(access.poll());
    EXPECT_FALSE(is_good(access, first));
    EXPECT_TRUE(is_good(access, third));
}

TEST_F(AccessControlTest, TheAuditIsForTheServerAloneAndIsOpenedAnewWhenItIsTold) {
    token("a");
    setup.audit = directory / "audit.log";
    {
        AccessControl access(setup, log);
        ASSERT_TRUE(access.open());
        access.audit("one");
        // Rotated: what was open goes on until the reload.
        std::filesystem::rename(setup.audit, directory / "audit.1");
        EXPECT_THAT(access.reload(), IsEmpty());
        access.audit("two");
    }
    EXPECT_EQ(text_of(directory / "audit.1"), "one\n");
    EXPECT_EQ(text_of(setup.audit), "two\n");
    struct stat about{};
    ASSERT_EQ(::stat(setup.audit.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(AccessControlTest, AnAuditThatCannotBeWrittenIsNoStart) {
    token("a");
    setup.audit = directory / "nowhere" / "audit.log";
    AccessControl access(setup, log);
    EXPECT_THAT(access.open().error().detail("reason"), HasSubstr("nowhere"));
}

TEST(MemoryBudget, IsSpentWhenMoreIsInUse) {
    ManualClock clock;
    EXPECT_TRUE(MemoryBudget(1, clock).is_spent());
    EXPECT_FALSE(MemoryBudget(std::uint64_t{1} << 50U, clock).is_spent());
    EXPECT_GT(resident_bytes(), 1'000'000U);
    EXPECT_GT(MemoryBudget(0, clock).bytes(), resident_bytes()) << "what the machine has";
}

}  // namespace
}  // namespace confcast::app
