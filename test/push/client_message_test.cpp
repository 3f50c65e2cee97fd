#include "client_message.hpp"

#include <gtest/gtest.h>

namespace confcast::push {
namespace {

using Type = ClientMessage::Type;
using Texts = std::vector<std::string>;

ClientMessage good(std::string_view text) {
    auto parsed = parse_client_message(text);
    EXPECT_TRUE(parsed.message) << text << ": " << parsed.message.error().to_string();
    return parsed.message ? *parsed.message : ClientMessage{};
}

TEST(ClientMessage, SubscribeNamesKeysAndPrefixes) {
    const auto m = good(R"({"type":"subscribe","id":"1","payload":{"keys":["a/b"],"prefixes":["c/",""]}})");
    EXPECT_EQ(m.type, Type::subscribe);
    EXPECT_EQ(m.filters.keys, Texts{"a/b"});
    EXPECT_EQ(m.filters.prefixes, (Texts{"c/", ""}));
}

TEST(ClientMessage, GlobsStandBesideKeysAndPrefixes) {
    const auto m = good(R"({"type":"subscribe","payload":{"globs":["a/*/b","**"]}})");
    EXPECT_EQ(m.filters.globs, (Texts{"a/*/b", "**"}));
    EXPECT_EQ(m.filters.size(), 2U);
}

TEST(ClientMessage, EachTypeIsRead) {
    EXPECT_EQ(good(R"({"type":"unsubscribe","payload":{"prefixes":["a"]}})").type, Type::unsubscribe);
    EXPECT_EQ(good(R"({"type":"ping"})").type, Type::ping);
    EXPECT_EQ(good(R"({"type":"ping","payload":{}})").type, Type::ping);
    EXPECT_EQ(good(R"({"type":"auth","payload":{"token":"t"}})").type, Type::auth);
    const auto ack = good(R"({"type":"ack","payload":{"seq_id":7,"status":"failed","key":"a","error":"no"}})");
    EXPECT_EQ(ack.type, Type::ack);
    EXPECT_TRUE(ack.ack.failed);
    EXPECT_EQ(ack.ack.seq_id, 7);
    EXPECT_EQ(ack.ack.key, "a");
    EXPECT_EQ(ack.ack.error, "no");
    EXPECT_FALSE(good(R"({"type":"ack","payload":{"seq_id":7,"status":"applied"}})").ack.failed);
}

TEST(ClientMessage, OfALongErrorOfAnAckOnlyTheBeginningIsKept) {
    std::string error(max_ack_bytes - 1, 'x');
    for (int i = 0; i < 100; ++i) error += "\xC3\xBC";
    const auto m = good(R"({"type":"ack","payload":{"seq_id":7,"status":"failed","error":")" + error + "\"}}");
    EXPECT_EQ(m.ack.error, std::string(max_ack_bytes - 1, 'x')) << "no half character";
}

TEST(ClientMessage, IdIsATextOrAWholeNumberAndComesBackAsJson) {
    EXPECT_EQ(parse_client_message(R"({"type":"ping","id":"a\"b"})").id, R"("a\"b")");
    EXPECT_EQ(parse_client_message(R"({"type":"ping","id":-3})").id, "-3");
    EXPECT_EQ(parse_client_message(R"({"type":"ping","id":18446744073709551615})").id, "18446744073709551615");
    EXPECT_EQ(parse_client_message(R"({"type":"ping"})").id, "");
}

struct Bad {
    std::string text;
    Errc code;
    std::string pointer;
};

class BadMessage : public ::testing::TestWithParam<Bad> {};

TEST_P(BadMessage, IsRefusedWithTheFieldThatIsWrong) {
    const auto parsed = parse_client_message(GetParam().text);
    ASSERT_FALSE(parsed.message) << GetParam().text;
    EXPECT_EQ(parsed.message.error().code(), GetParam().code) << GetParam().text;
    EXPECT_EQ(parsed.message.error().detail("pointer"), GetParam().pointer) << GetParam().text;
    const bool readable = GetParam().text.find(R"("id":5)") != std::string::npos;
    EXPECT_EQ(parsed.id, readable ? "5" : "") << "a refusal has the request's id when there was one";
}

std::string deep(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

const std::string long_id(max_id_bytes + 1, 'x');

INSTANTIATE_TEST_SUITE_P(
    All, BadMessage,
    ::testing::Values(
        Bad{"", Errc::malformed_json, ""}, Bad{"{", Errc::malformed_json, ""}, Bad{"{} {}", Errc::malformed_json, ""},
        Bad{R"({"type":"ping","type":"ping"})", Errc::invalid_message, ""},
        Bad{R"({"type":"auth","payload":{"token":"a","token":"b"}})", Errc::invalid_message, ""},
        Bad{"{\"type\":\"\xff\"}", Errc::malformed_json, ""}, Bad{deep(20'000), Errc::json_too_deep, ""},
        Bad{R"({"type":"ping","payload":{"x":)" + deep(9) + "}}", Errc::json_too_deep, ""},
        Bad{"[]", Errc::invalid_message, ""}, Bad{"null", Errc::invalid_message, ""},
        Bad{"\"ping\"", Errc::invalid_message, ""}, Bad{"{}", Errc::invalid_message, "/type"},
        Bad{R"({"id":5})", Errc::invalid_message, "/type"}, Bad{R"({"type":1,"id":5})", Errc::invalid_message, "/type"},
        Bad{R"({"type":"nothing","id":5})", Errc::invalid_message, "/type"},
        Bad{R"({"type":"ping","id":{}})", Errc::invalid_message, "/id"},
        Bad{R"({"type":"ping","id":1.5})", Errc::invalid_message, "/id"},
        Bad{R"({"type":"ping","id":null})", Errc::invalid_message, "/id"},
        Bad{R"({"type":"ping","id":")" + long_id + "\"}", Errc::invalid_message, "/id"},
        Bad{R"({"type":"ping","id":5,"extra":1})", Errc::unknown_field, "/extra"},
        Bad{R"({"type":"ping","id":5,"payload":[]})", Errc::invalid_message, "/payload"},
        Bad{R"({"type":"ping","id":5,"payload":{"a":1}})", Errc::unknown_field, "/payload/a"},
        Bad{R"({"type":"subscribe","id":5})", Errc::invalid_message, "/payload"},
        Bad{R"({"type":"subscribe","id":5,"payload":{}})", Errc::invalid_message, "/payload"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"keys":[]}})", Errc::invalid_message, "/payload"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"keys":"a"}})", Errc::invalid_message, "/payload/keys"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"prefixes":["a",1]}})", Errc::invalid_message,
            "/payload/prefixes/1"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"keys":["a"],"since":1}})", Errc::unknown_field, "/payload/since"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"keys":["/a"]}})", Errc::invalid_key, ""},
        Bad{R"({"type":"subscribe","id":5,"payload":{"keys":[""]}})", Errc::invalid_key, ""},
        Bad{R"({"type":"unsubscribe","id":5,"payload":{"prefixes":["a//"]}})", Errc::invalid_key, ""},
        Bad{R"({"type":"subscribe","id":5,"payload":{"globs":["a",1]}})", Errc::invalid_message, "/payload/globs/1"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"globs":[]}})", Errc::invalid_message, "/payload"},
        Bad{R"({"type":"subscribe","id":5,"payload":{"globs":["a**"]}})", Errc::invalid_key, ""},
        Bad{R"({"type":"auth","id":5})", Errc::invalid_message, "/payload/token"},
        Bad{R"({"type":"auth","id":5,"payload":{"token":7}})", Errc::invalid_message, "/payload/token"},
        Bad{R"({"type":"ack","id":5,"payload":{"status":"applied"}})", Errc::invalid_message, "/payload/seq_id"},
        Bad{R"({"type":"ack","id":5,"payload":{"seq_id":-1,"status":"applied"}})", Errc::invalid_message,
            "/payload/seq_id"},
        Bad{R"({"type":"ack","id":5,"payload":{"seq_id":1}})", Errc::invalid_message, "/payload/status"},
        Bad{R"({"type":"ack","id":5,"payload":{"seq_id":1,"status":"done"}})", Errc::invalid_message,
            "/payload/status"},
        Bad{R"({"type":"ack","id":5,"payload":{"seq_id":1,"status":"applied","key":1}})", Errc::invalid_message,
            "/payload/key"},
        Bad{R"({"type":"ack","id":5,"payload":{"seq_id":1,"status":"failed","error":1}})", Errc::invalid_message,
            "/payload/error"}));

TEST(ClientMessage, PrefixIsGoodWhenAKeyCanBeginWithIt) {
    const auto good_prefix = [](std::string text) { return check_filters({{}, {std::move(text)}}).has_value(); };
    for (const char* text : {"", "a", "a/", "a/b", "a/.", "ü/"}) EXPECT_TRUE(good_prefix(text)) << text;
    for (const char* text : {"/", "a//", "/a", "a/../", "a/./b", "a\x01", "\xff", "a\xc3"})
        EXPECT_FALSE(good_prefix(text)) << text;
    EXPECT_FALSE(good_prefix(std::string(600, 'x')));
}

TEST(ClientMessage, ABadPrefixIsShownAsItWasGiven) {
    const auto checked = check_filters({{}, {"a//"}});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().detail("key"), "a//");
    EXPECT_NE(checked.error().detail("rule"), "");
}

}  // namespace
}  // namespace confcast::push
