#include <gtest/gtest.h>

#include <random>

#include "confcast/auth/credentials_file.hpp"
#include "signer.hpp"

namespace confcast::auth {
namespace {

using test::at;
using test::reason_of;

const std::string hash(64, 'a');
const std::string good_token =
    R"("id":"0123456789abcdef","name":"ci","hash":"sha256:)" + hash + R"(","permissions":[])";

TEST(Credentials, AreReadWhole) {
    const auto read = parse_credentials(R"({
        "tokens": [{"id":"0123456789abcdef","name":"ci","hash":"sha256:)" +
                                        hash + R"(",
                    "permissions":["read:app/**","admin"],"created":"2026-11-23T08:00:00Z","expires":"2030-12-31T23:59:59.5Z"}],
        "certificates": [{"name":"edge-1","permissions":["read:**"]},{"name":"edge-2","permissions":[]}],
        "anonymous": {"permissions":["read:public/**"]}})");
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_EQ(read->tokens.size(), 1U);
    EXPECT_EQ(read->tokens[0].id, "0123456789abcdef");
    EXPECT_EQ(read->tokens[0].hash, hash);
    EXPECT_EQ(read->tokens[0].created, at(1'795'420'800));
    EXPECT_EQ(read->tokens[0].expires, at(1'924'991'999) + std::chrono::milliseconds(500));
    EXPECT_TRUE(read->tokens[0].permissions.admin());
    EXPECT_TRUE(read->tokens[0].permissions.may_read("app/x"));
    ASSERT_EQ(read->certificates.size(), 2U);
    EXPECT_EQ(read->certificates[0].name, "edge-1");
    ASSERT_TRUE(read->anonymous);
    EXPECT_TRUE(read->anonymous->may_read("public/x"));
    EXPECT_FALSE(read->anonymous->may_read("app/x"));
}

TEST(Credentials, MayBeNone) {
    const auto none = parse_credentials(" {} ");
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, Credentials{});
    EXPECT_FALSE(none->anonymous);
    // Whoever comes without a credential may come, and do nothing: that is not the same.
    EXPECT_TRUE(parse_credentials(R"({"anonymous":{"permissions":[]}})")->anonymous);
}

struct BadFile {
    std::string text;
    std::string pointer;
    std::string reason;
};

class BadCredentials : public testing::TestWithParam<BadFile> {};

TEST_P(BadCredentials, AreRefusedWithTheirPlace) {
    const auto read = parse_credentials(GetParam().text);
    ASSERT_FALSE(read) << GetParam().text;
    EXPECT_EQ(read.error(), Errc::invalid_parameter);
    EXPECT_EQ(read.error().detail("parameter"), "credentials");
    EXPECT_EQ(read.error().detail("pointer"), GetParam().pointer) << GetParam().text;
    EXPECT_NE(reason_of(read).find(GetParam().reason), std::string::npos) << reason_of(read);
    EXPECT_TRUE(reason_of(read).starts_with(GetParam().pointer.empty() ? "the document: " : GetParam().pointer + ": "));
}

std::string token(const std::string& members) { return R"({"tokens":[{)" + members + "}]}"; }
std::string without(std::string text, const std::string& part, const std::string& instead = "") {
    return text.replace(text.find(part), part.size(), instead);
}
constexpr const char* bad_time = "it is a time in UTC such as 2030-12-31T23:59:59Z";

INSTANTIATE_TEST_SUITE_P(
    Credentials, BadCredentials,
    testing::Values(
        BadFile{"", "", "it is empty"}, BadFile{" \n", "", "it is empty"}, BadFile{"[]", "", "it must be an object"},
        BadFile{"null", "", "it must be an object"}, BadFile{"{", "", "at byte"}, BadFile{"{} {}", "", "at byte"},
        BadFile{"{\"tokens\":[]", "", "at byte"}, BadFile{"# hello", "", "at byte"},
        BadFile{R"({"a":[[[[[[[[[[]]]]]]]]]]})", "", "nested too deeply"},
        BadFile{R"({"tokens":[],"tokens":[]})", "", "the member tokens twice"},
        BadFile{R"({"token":[]})", "/token", "there is no such member"},
        BadFile{R"({"a/b~c":1})", "/a~1b~0c", "there is no such member"},
        BadFile{R"({"tokens":{}})", "/tokens", "it must be an array"},
        BadFile{R"({"tokens":[7]})", "/tokens/0", "it must be an object"},
        BadFile{R"({"tokens":null})", "/tokens", "it must be an array"},
        BadFile{token(without(good_token, R"("id":"0123456789abcdef",)")), "/tokens/0/id", "it is missing"},
        BadFile{token(without(good_token, R"("0123456789abcdef")", "7")), "/tokens/0/id", "it must be a string"},
        BadFile{token(without(good_token, "0123456789abcdef", "0123456789ABCDEF")), "/tokens/0/id",
                "16 lower-case hex digits"},
        BadFile{token(without(good_token, "0123456789abcdef", "x")), "/tokens/0/id", "16 lower-case hex digits"},
        BadFile{token(without(good_token, R"("name":"ci",)")), "/tokens/0/name", "it is missing"},
        BadFile{token(without(good_token, R"("ci")", R"("")")), "/tokens/0/name", "1 to 128 bytes"},
        BadFile{token(without(good_token, R"("ci")", R"("a\nb")")), "/tokens/0/name", "no control characters"},
        BadFile{token(without(good_token, "sha256:", "")), "/tokens/0/hash", "64 lower-case hex digits"},
        BadFile{token(without(good_token, "sha256:", "sha1:")), "/tokens/0/hash", "64 lower-case hex digits"},
        BadFile{token(without(good_token, "sha256:a", "sha256:A")), "/tokens/0/hash", "64 lower-case hex digits"},
        BadFile{token(without(good_token, "sha256:a", "sha256:")), "/tokens/0/hash", "64 lower-case hex digits"},
        BadFile{token(without(good_token, R"(,"permissions":[])")), "/tokens/0/permissions", "it is missing"},
        BadFile{token(without(good_token, "[]", R"("admin")")), "/tokens/0/permissions", "it must be an array"},
        BadFile{token(without(good_token, "[]", R"(["admin",7])")), "/tokens/0/permissions/1", "it must be a string"},
        BadFile{token(without(good_token, "[]", R"(["admin","reed:x"])")), "/tokens/0/permissions/1",
                "a permission is admin"},
        BadFile{token(without(good_token, "[]", R"(["read:a//b"])")), "/tokens/0/permissions/0", "no empty segment"},
        BadFile{token(good_token + R"(,"expires":"2030")"), "/tokens/0/expires", bad_time},
        BadFile{token(good_token + R"(,"expires":null)"), "/tokens/0/expires", "it must be a string"},
        BadFile{token(good_token + R"(,"expires":1893456000)"), "/tokens/0/expires", "it must be a string"},
        BadFile{token(good_token + R"(,"created":"2030-01-01T00:00:00+01:00")"), "/tokens/0/created", bad_time},
        BadFile{token(good_token + R"(,"expire":"2030-01-01T00:00:00Z")"), "/tokens/0/expire",
                "there is no such member"},
        BadFile{R"({"tokens":[{)" + good_token + "},{" + good_token + "}]}", "/tokens/1/id",
                "an earlier one has the same"},
        BadFile{R"({"certificates":[{"permissions":[]}]})", "/certificates/0/name", "it is missing"},
        BadFile{R"({"certificates":[{"name":"a"}]})", "/certificates/0/permissions", "it is missing"},
        BadFile{R"({"certificates":[{"name":"a","permissions":[],"hash":"x"}]})", "/certificates/0/hash",
                "there is no such member"},
        BadFile{R"({"certificates":[{"name":"a","permissions":[]},{"name":"a","permissions":["admin"]}]})",
                "/certificates/1/name", "an earlier one has the same"},
        BadFile{R"({"anonymous":[]})", "/anonymous", "it must be an object"},
        BadFile{R"({"anonymous":{}})", "/anonymous/permissions", "it is missing"},
        BadFile{R"({"anonymous":null})", "/anonymous", "it must be an object"},
        BadFile{R"({"anonymous":{"permissions":["all"]}})", "/anonymous/permissions/0", "a permission is admin"},
        BadFile{"{\"x\":\"\xFF\"}", "", "at byte"},
        BadFile{std::string((4U << 20U) + 1, ' '), "", "larger than 4 MiB"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

TEST(Credentials, AreReadAsTheyAreWritten) {
    Credentials all;
    EXPECT_EQ(*parse_credentials(format_credentials(all)), all);
    all.anonymous = Permissions();
    EXPECT_EQ(*parse_credentials(format_credentials(all)), all);
    for (int i = 0; i < 3; ++i)
        all.tokens.push_back(make_token("t\"\\" + std::to_string(i), Permissions::all(),
                                        i == 0 ? std::nullopt : std::optional(at(2'000'000'000 + i)), at(i))
                                 .token);
    all.certificates.push_back({"CN=\xC3\xA9,O=x", Permissions::all()});
    all.certificates.push_back({"b", {}});
    const std::string text = format_credentials(all);
    EXPECT_EQ(*parse_credentials(text), all);
    EXPECT_EQ(format_credentials(*parse_credentials(text)), text);
}

TEST(Credentials, OfAnyBytesAreReadOrRefused) {
    std::minstd_rand random(7);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::string good = token(good_token + R"(,"expires":"2030-01-01T00:00:00Z")");
    ASSERT_TRUE(parse_credentials(good));
    for (int i = 0; i < 5000; ++i) {
        std::string other = good;
        for (std::size_t n = 1 + random() % 3; n > 0; --n)
            other[random() % other.size()] = static_cast<char>(random() % 256);
        const auto read = parse_credentials(other);
        if (!read) ASSERT_EQ(read.error(), Errc::invalid_parameter);
    }
}

}  // namespace
}  // namespace confcast::auth
