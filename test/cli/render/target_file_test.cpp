// Replacing a file.
#include <gmock/gmock.h>
#include <unistd.h>

#include "confcast/test/temporary_directory.hpp"
#include "files.hpp"
#include "render/target_file.hpp"
#include "stop.hpp"

namespace confcast::cli::templates {
namespace {

using testing::ElementsAre;

class TheTargetFile : public testing::Test {
  protected:
    test::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "app.conf";
};

TEST_F(TheTargetFile, IsCreatedWithMode0644) {
    const TargetFile file(path_, std::nullopt);
    EXPECT_EQ(file.content(), std::nullopt);
    const mode_t before = ::umask(077);
    file.stage("new").put_in_place();
    ::umask(before);
    EXPECT_EQ(read(path_), "new");
    EXPECT_EQ(file.content(), "new");
    EXPECT_EQ(mode(path_), 0644U);
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("app.conf"));
}

TEST_F(TheTargetFile, KeepsItsModeOrGetsTheOneThatIsAskedFor) {
    write(path_, "old");
    ::chmod(path_.c_str(), 0600);
    TargetFile(path_, std::nullopt).stage("new").put_in_place();
    EXPECT_EQ(mode(path_), 0600U);
    TargetFile(path_, 0640).stage("newer").put_in_place();
    EXPECT_EQ(mode(path_), 0640U);
    EXPECT_EQ(read(path_), "newer");
}

TEST_F(TheTargetFile, KeepsItsOwner) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
    write(path_, "old");
    ASSERT_EQ(::chown(path_.c_str(), 12, 34), 0);
    TargetFile(path_, std::nullopt).stage("new").put_in_place();
    EXPECT_EQ(about(path_).st_uid, 12U);
    EXPECT_EQ(about(path_).st_gid, 34U);
}

TEST_F(TheTargetFile, CorrectsAModeWithoutTouchingTheRest) {
    write(path_, "old");
    const auto before = about(path_);
    TargetFile(path_, 0600).correct_mode();
    EXPECT_EQ(mode(path_), 0600U);
    EXPECT_TRUE(same_file(before, about(path_)));
}

TEST_F(TheTargetFile, IsTheOldOneUntilItIsPutInPlace) {
    write(path_, "old");
    {
        const StagedFile staged = TargetFile(path_, std::nullopt).stage("new");
        EXPECT_EQ(read(path_), "old");
        EXPECT_EQ(read(staged.path()), "new");
        EXPECT_EQ(staged.path().parent_path(), directory_.path()) << "a rename works on one file system only";
        EXPECT_TRUE(staged.path().filename().string().starts_with(".")) << "not seen by conf.d/*.conf";
        EXPECT_EQ(staged.path().extension(), ".conf") << "checks go by it";
    }
    EXPECT_EQ(read(path_), "old");
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("app.conf")) << "thrown away";
}

TEST_F(TheTargetFile, BehindALinkTheLinkStays) {
    const auto real = directory_.path() / "real.conf";
    write(real, "old");
    std::filesystem::create_symlink("real.conf", path_);
    TargetFile(path_, std::nullopt).stage("new").put_in_place();
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
    EXPECT_EQ(read(real), "new");
    std::filesystem::remove(real);
    EXPECT_THROW(TargetFile(path_, std::nullopt).content(), Stop);
}

TEST_F(TheTargetFile, RefusesWhatIsNoFile) {
    EXPECT_THROW(TargetFile(directory_.path(), std::nullopt).stage("x"), Stop);
    EXPECT_THROW(TargetFile("/dev/null", std::nullopt).content(), Stop);
    EXPECT_THROW(TargetFile(directory_.path() / "gone" / "x", std::nullopt).stage("x"), Stop);
}

TEST_F(TheTargetFile, IsFoundFromWhereWeAre) {
    const auto here = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    TargetFile("app.conf", std::nullopt).stage("new").put_in_place();
    std::filesystem::current_path(here);
    EXPECT_EQ(read(path_), "new");
}

}  // namespace
}  // namespace confcast::cli::templates
