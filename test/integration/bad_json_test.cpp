// Bodies and values that are wrong: each has its own code, and nothing is written.
#include <gtest/gtest.h>

#include <string>

#include "server.hpp"
#include "watcher.hpp"

namespace confcast::test {
namespace {

class BadJson : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        server_ = new Server;
        server_->put("kept", "as it was");
    }
    static void TearDownTestSuite() {
        delete server_;
        server_ = nullptr;
    }
    void SetUp() override { position_ = server_->position(); }
    void TearDown() override { EXPECT_EQ(server_->position(), position_) << "a refused request has written"; }

    static std::int64_t put(std::string_view key, std::string_view body, const load::Headers& more = {}) {
        load::Headers headers{{"Content-Type", "application/json"}};
        headers.insert(headers.end(), more.begin(), more.end());
        return code_of(server_->http().put("/api/v1/config/" + std::string(key), body, headers));
    }
    static std::int64_t post(const std::string& path, std::string_view body) {
        return code_of(
            server_->http().request("POST", "/api/v1/" + path, {{"Content-Type", "application/json"}}, body));
    }

    static Server* server_;
    std::string position_;
};
Server* BadJson::server_ = nullptr;

TEST_F(BadJson, MalformedTextIsNamed) {
    for (const auto* body :
         {"", "{", "{\"value\":\"x\"", "{\"value\":\"x\"}}", "{'value':1}", "nul", "{\"value\":\"\xFF\"}"})
        EXPECT_EQ(put("a", body), 40001) << body;
}

TEST_F(BadJson, DeepNestingIsRefusedWithoutHarm) {
    EXPECT_EQ(put("a", std::string(100'000, '[')), 40008);
    std::string deep = R"({"value":)";
    for (int i = 0; i < 10'000; ++i) deep += R"({"a":)";
    EXPECT_EQ(put("a", deep), 40008);
}

TEST_F(BadJson, WrongTypesAndUnknownFieldsAreNamed) {
    EXPECT_EQ(put("a", "[]"), 40006);
    EXPECT_EQ(put("a", "{}"), 40006);
    EXPECT_EQ(put("a", R"({"value":1})"), 40006);
    EXPECT_EQ(put("a", R"({"value":null})"), 40006);
    EXPECT_EQ(put("a", R"({"value":"x","ttl":"soon"})"), 40006);
    EXPECT_EQ(put("a", R"({"value":"x","ttl":-1})"), 40006);
    EXPECT_EQ(put("a", R"({"value":"x","encoding":"rot13"})"), 40006);
    EXPECT_EQ(put("a", R"({"value":"%%%","encoding":"base64"})"), 40006);
    EXPECT_EQ(put("a", R"({"value":"x","vlaue":"y"})"), 40002);
    EXPECT_EQ(post("config", R"({"value":"x"})"), 40006);
    EXPECT_EQ(post("config", R"({"key":"a","value":"x","extra":1})"), 40002);
}

TEST_F(BadJson, KeysThatBreakTheRules) {
    EXPECT_EQ(post("config", R"({"key":"","value":"x"})"), 40004);
    EXPECT_EQ(post("config", R"({"key":"/a","value":"x"})"), 40004);
    EXPECT_EQ(post("config", R"({"key":"a/../b","value":"x"})"), 40004);
    EXPECT_EQ(post("config", R"({"key":"a\u0000b","value":"x"})"), 40004);
    EXPECT_EQ(post("config", R"({"key":")" + std::string(513, 'k') + R"(","value":"x"})"), 40004);
}

TEST_F(BadJson, ValuesOverTheLimitCarryLimitAndSize) {
    const std::string large((1U << 20U) + 1, 'x');
    const auto answer = server_->http().put("/config/a", large, {{"Content-Type", "text/plain"}});
    EXPECT_EQ(code_of(answer), 41301);
    const auto envelope = envelope_of(answer);
    const auto& data = envelope.at("data").as_object();
    EXPECT_EQ(data.at("limit").to_number<std::int64_t>(), 1 << 20);
    EXPECT_EQ(data.at("size").to_number<std::int64_t>(), (1 << 20) + 1);
}

TEST_F(BadJson, ConditionsThatDoNotHoldOrParse) {
    EXPECT_EQ(put("kept", R"({"value":"x"})", {{"If-Match", "\"99999\""}}), 41201);
    EXPECT_EQ(put("kept", R"({"value":"x"})", {{"If-None-Match", "*"}}), 41201);
    EXPECT_EQ(put("kept", R"({"value":"x"})", {{"If-Match", "nonsense"}}), 40007);
    EXPECT_EQ(post("config", R"({"key":"kept","value":"x"})"), 40901);
    EXPECT_EQ(code_of(server_->http().del("/config/none")), 40401);
    EXPECT_EQ(code_of(server_->http().del("/config/kept", {{"If-Match", "\"99999\""}})), 41201);
}

TEST_F(BadJson, TransactionsAreAllOrNothing) {
    EXPECT_EQ(post("txn", R"({"compare":[{"key":"kept","mod_revision":99999}],"put":[{"key":"a","value":"x"}]})"),
              40902);
    EXPECT_EQ(post("txn", R"({"put":[{"key":"a","value":"x"},{"key":"a","value":"y"}]})"), 40012);
    EXPECT_EQ(post("txn", R"({"put":[{"key":"a","value":"x"},{"key":"/bad","value":"y"}]})"), 40004);
    EXPECT_EQ(post("txn", R"({"put":{}})"), 40006);
    EXPECT_EQ(post("txn", R"({"puts":[]})"), 40002);
    json::array many;
    for (int i = 0; i < 200; ++i) many.push_back({{"key", "k" + std::to_string(i)}, {"value", "x"}});
    EXPECT_EQ(post("txn", json::serialize(json::object{{"put", many}})), 40013);
}

TEST_F(BadJson, ADryRunWritesNothing) {
    const auto answer =
        server_->http().put("/api/v1/config/kept?dry_run=true", "other", {{"Content-Type", "text/plain"}});
    EXPECT_EQ(answer.status / 100, 2U) << answer.body;
    EXPECT_EQ(envelope_of(server_->http().get("/config/kept")).at("data").at("value").as_string(), "as it was");
}

TEST_F(BadJson, ErrorsSpeakChineseWhenAsked) {
    const auto english = server_->http().get("/config/none");
    const auto chinese = server_->http().get("/config/none", {{"Accept-Language", "zh-CN,zh;q=0.9"}});
    EXPECT_EQ(code_of(english), code_of(chinese));
    EXPECT_NE(envelope_of(english).at("message"), envelope_of(chinese).at("message"));
}

}  // namespace
}  // namespace confcast::test
