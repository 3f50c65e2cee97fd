#include "confcast/auth/credentials_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "confcast/test/temporary_directory.hpp"
#include "signer.hpp"

namespace confcast::auth {
namespace {

using test::at;
using test::reason_of;

NewToken a_token(const std::string& name) {
    return make_token(name, Permissions::all(), std::nullopt, at(1'800'000'000));
}

class CredentialsFile : public testing::Test {
  protected:
    void write(const std::string& text, mode_t mode = 0600) {
        std::ofstream(path_) << text;
        ::chmod(path_.c_str(), mode);
    }
    std::string read() const {
        std::ifstream in(path_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    mode_t mode() const {
        struct stat about{};
        return ::stat(path_.c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_.path()), {}));
    }

    confcast::test::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "credentials.json";
};

TEST_F(CredentialsFile, IsTakenWhenOnlyItsOwnerWritesIt) {
    write("{}", 0600);
    EXPECT_TRUE(load_credentials(path_));
    write("{}", 0640);
    EXPECT_TRUE(load_credentials(path_));
    write("{}", 0400);
    EXPECT_TRUE(load_credentials(path_));
}

TEST_F(CredentialsFile, ThatOthersMayWriteOrReadIsRefusedWithWhatHelps) {
    for (const mode_t open : {0620U, 0660U, 0602U, 0666U, 0777U}) {
        write("{}", open);
        EXPECT_EQ(reason_of(load_credentials(path_)),
                  path_.string() + " is not trusted: others may write it; chmod go-w " + path_.string())
            << open;
    }
    for (const mode_t open : {0644U, 0604U, 0601U, 0645U}) {
        write("{}", open);
        EXPECT_EQ(reason_of(load_credentials(path_)),
                  path_.string() + " is not taken: others may read it; chmod o= " + path_.string())
            << open;
    }
}

TEST_F(CredentialsFile, SaysWhatIsWrongWithIt) {
    EXPECT_EQ(reason_of(load_credentials(path_)), path_.string() + " is not there");
    write("{\"tokens\":[{}]}");
    const auto bad = load_credentials(path_);
    EXPECT_EQ(reason_of(bad), path_.string() + " is not taken: /tokens/0/id: it is missing");
    EXPECT_EQ(bad.error().detail("pointer"), "/tokens/0/id");
    write(std::string((4U << 20U) + 1, ' '));
    EXPECT_EQ(reason_of(load_credentials(path_)), path_.string() + " is larger than 4194304 bytes");
    EXPECT_EQ(reason_of(load_credentials(directory_.path())), directory_.path().string() + " is no regular file");
    EXPECT_EQ(reason_of(load_credentials("/dev/null")), "/dev/null is no regular file");
}

TEST_F(CredentialsFile, IsMadeForItsOwnerAlone) {
    const mode_t before = ::umask(0);
    const NewToken one = a_token("one");
    EXPECT_TRUE(add_token(path_, one.token));
    ::umask(before);
    EXPECT_EQ(mode(), 0600U);
    const auto loaded = load_credentials(path_);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->tokens, std::vector<Token>{one.token});
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(read().find(one.text.substr(26)), std::string::npos);
}

TEST_F(CredentialsFile, KeepsAllElseWhenATokenComesOrGoes) {
    Credentials all;
    all.tokens = {a_token("a").token, a_token("b").token};
    all.certificates = {{"edge", Permissions::all()}};
    all.anonymous = Permissions();
    write(format_credentials(all), 0640);
    const NewToken more = a_token("c");
    ASSERT_TRUE(add_token(path_, more.token));
    EXPECT_EQ(mode(), 0640U);
    const std::string first = all.tokens[0].id;
    ASSERT_TRUE(remove_token(path_, first));
    all.tokens = {all.tokens[1], more.token};
    EXPECT_EQ(*load_credentials(path_), all);
    EXPECT_EQ(mode(), 0640U);
    EXPECT_EQ(files(), 1U);
}

TEST_F(CredentialsFile, IsNotTouchedByWhatIsRefused) {
    const NewToken one = a_token("one");
    ASSERT_TRUE(add_token(path_, one.token));
    const std::string before = read();
    EXPECT_EQ(reason_of(add_token(path_, one.token)), "there is a token of this id");
    EXPECT_EQ(reason_of(remove_token(path_, "0000000000000000")), "there is no token of this id");
    EXPECT_EQ(read(), before);
    write("{\"tokens\":7}");
    EXPECT_EQ(reason_of(add_token(path_, one.token)), path_.string() + " is not taken: /tokens: it must be an array");
    EXPECT_EQ(read(), "{\"tokens\":7}");
    write("{}", 0666);
    EXPECT_FALSE(add_token(path_, one.token));
    EXPECT_EQ(read(), "{}");
    std::filesystem::remove(path_);
    EXPECT_EQ(reason_of(remove_token(path_, one.token.id)), "there is no token of this id");
    EXPECT_EQ(files(), 0U);
    EXPECT_FALSE(add_token(directory_.path() / "no" / "such" / "place", one.token));
}

// A reader sees the old file or the new one: the new one comes under another inode.
TEST_F(CredentialsFile, IsReplacedAndNotWrittenOver) {
    ASSERT_TRUE(add_token(path_, a_token("one").token));
    std::ifstream open(path_);
    const std::string before = read();
    ASSERT_TRUE(add_token(path_, a_token("two").token));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(open), {}), before);
    EXPECT_NE(read(), before);
}

TEST_F(CredentialsFile, BehindALinkIsWrittenWhereItIs) {
    const auto real = directory_.path() / "real.json";
    std::filesystem::create_symlink(real, path_);
    std::ofstream(real) << "{}";
    ::chmod(real.c_str(), 0600);
    ASSERT_TRUE(add_token(path_, a_token("one").token));
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
    EXPECT_EQ(load_credentials(real)->tokens.size(), 1U);
}

TEST_F(CredentialsFile, LosesNothingWhenSeveralAddAtOnce) {
    constexpr int each = 20;
    const auto add = [&](const std::string& name) {
        for (int i = 0; i < each; ++i) EXPECT_TRUE(add_token(path_, a_token(name).token));
    };
    {
        std::jthread one(add, "one");
        std::jthread two(add, "two");
    }
    EXPECT_EQ(load_credentials(path_)->tokens.size(), std::size_t{2} * each);
    EXPECT_EQ(files(), 1U);
}

TEST_F(CredentialsFile, OfSomebodyElseStaysTheirs) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    write("{}", 0640);
    ASSERT_EQ(::chown(path_.c_str(), 12345, 23456), 0);
    ASSERT_TRUE(add_token(path_, a_token("one").token));
    struct stat about{};
    ASSERT_EQ(::stat(path_.c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, 12345U);
    EXPECT_EQ(about.st_gid, 23456U);
    EXPECT_EQ(mode(), 0640U);
}

TEST_F(CredentialsFile, ThatChangesIsNoticedOnce) {
    WatchedFile watched(path_);
    EXPECT_FALSE(watched.changed());
    write("{}");
    EXPECT_TRUE(watched.changed());
    EXPECT_FALSE(watched.changed());
    write("{ }");
    EXPECT_TRUE(watched.changed());
    ASSERT_TRUE(add_token(path_, a_token("one").token));
    EXPECT_TRUE(watched.changed());
    ::chmod(path_.c_str(), 0640);
    EXPECT_TRUE(watched.changed());
    std::filesystem::remove(path_);
    EXPECT_TRUE(watched.changed());
    EXPECT_FALSE(watched.changed());
}

// Of the same size, and put back in time: the inode says it.
TEST_F(CredentialsFile, ThatIsAnotherIsNoticed) {
    write("{}");
    WatchedFile watched(path_);
    const auto other = directory_.path() / "other";
    std::ofstream(other) << "[]";
    std::filesystem::last_write_time(other, std::filesystem::last_write_time(path_));
    std::filesystem::rename(other, path_);
    EXPECT_TRUE(watched.changed());
}

}  // namespace
}  // namespace confcast::auth
