// Bad input: each gets the envelope with its own code, and nothing is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "confcast/base/utf8.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using http::Method;

struct Case {
    Method method;
    std::string target;
    std::string body;
    int code;
    std::string particular;  // a member of data, and what it says
    std::string says;
};

void check(const std::vector<Case>& table) {
    World world;
    const store::Revision before = world.store.revision();
    for (const Case& c : table) {
        const Headers json{{"Content-Type", "application/json"}};
        const Reply reply =
            world.send(c.method, c.target, c.body, c.body.empty() && c.method != Method::put ? Headers{} : json);
        ASSERT_TRUE(reply.json.is_object()) << c.target;
        EXPECT_EQ(reply.code(), c.code) << c.target << ' ' << c.body << ' ' << reply.body;
        EXPECT_EQ(reply.status, static_cast<unsigned>(c.code / 100)) << c.target;
        EXPECT_TRUE(is_valid_utf8(reply.body));
        if (!c.particular.empty()) EXPECT_EQ(reply.text("/" + c.particular), c.says) << c.target;
    }
    EXPECT_EQ(world.store.revision(), before);
}

TEST(Refusal, OfJsonThatIsNone) {
    check({{Method::put, "/config/a", "", 40001, "problem", "the body is empty"},
           {Method::put, "/config/a", "{", 40001, "", ""},
           {Method::put, "/config/a", R"({"value":"x"}x)", 40001, "", ""},
           {Method::put, "/config/a", "{\"value\":\"\xff\"}", 40001, "", ""},
           {Method::put, "/config/a", "{'value':'x'}", 40001, "", ""},
           {Method::put, "/config/a", std::string(40, '[') + std::string(40, ']'), 40008, "", ""},
           {Method::put, "/config/a", R"({"value":"x","value":"y"})", 40006, "name", "value"},
           {Method::post, "/config", "[]", 40006, "pointer", "/"},
           {Method::post, "/api/v1/txn", "nope", 40001, "", ""}});
}

TEST(Refusal, OfMembersOfTheWrongKind) {
    check(
        {{Method::put, "/config/a", R"({})", 40006, "pointer", "/value"},
         {Method::put, "/config/a", R"("x")", 40006, "pointer", "/"},
         {Method::put, "/config/a", R"({"value":1})", 40006, "pointer", "/value"},
         {Method::put, "/config/a", R"({"value":null})", 40006, "pointer", "/value"},
         {Method::put, "/config/a", R"({"value":{"a":1}})", 40006, "pointer", "/value"},
         {Method::put, "/config/a", R"({"value":"x","encoding":"hex"})", 40006, "pointer", "/encoding"},
         {Method::put, "/config/a", R"({"value":"%%","encoding":"base64"})", 40006, "pointer", "/value"},
         {Method::put, "/config/a", R"({"value":"x","content_type":"nonsense"})", 40006, "pointer", "/content_type"},
         {Method::put, "/config/a", R"({"value":"x","content_type":"a/b\r\nX: y"})", 40006, "pointer", "/content_type"},
         {Method::put, "/config/a", R"({"value":"x","ttl":0})", 40006, "pointer", "/ttl"},
         {Method::put, "/config/a", R"({"value":"x","ttl":1.5})", 40006, "pointer", "/ttl"},
         {Method::put, "/config/a", R"({"value":"x","ttl":"60"})", 40006, "pointer", "/ttl"},
         {Method::put, "/config/a", R"({"value":"x","ttl":9000000001})", 40006, "pointer", "/ttl"},
         {Method::put, "/config/a", R"({"value":"x","message":1})", 40006, "pointer", "/message"},
         {Method::put, "/config/a", R"({"value":"x","message":")" + std::string(1025, 'm') + R"("})", 40006, "pointer",
          "/message"},
         {Method::post, "/config", R"({"value":"x"})", 40006, "pointer", "/key"},
         {Method::post, "/config", R"({"key":1,"value":"x"})", 40006, "pointer", "/key"}});
}

TEST(Refusal, OfMembersThatNobodyKnows) {
    check({{Method::put, "/config/a", R"({"value":"x","valeu":"y"})", 40002, "name", "valeu"},
           {Method::put, "/config/a", R"({"value":"x","key":"a"})", 40002, "name", "key"},
           {Method::put, "/config/a", R"({"value":"x","author":"me"})", 40002, "name", "author"},
           {Method::post, "/config", R"({"key":"a","value":"x","TTL":5})", 40002, "pointer", "/TTL"}});
}

TEST(Refusal, OfParametersThatNobodyKnows) {
    check({{Method::get, "/config/a?foo=1", "", 40002, "name", "foo"},
           {Method::put, "/config/a?wait=30s", R"({"value":"x"})", 40002, "name", "wait"},
           {Method::get, "/api/v1/watch?wait=30s", "", 40002, "name", "wait"},
           {Method::get, "/config/a?dry_run", "", 40002, "name", "dry_run"},
           {Method::get, "/config?revision=1", "", 40002, "name", "revision"},
           {Method::put, "/config/a?prefix=x", R"({"value":"x"})", 40002, "name", "prefix"},
           {Method::del, "/config/a?raw", "", 40002, "name", "raw"},
           {Method::post, "/api/v1/txn?x", "{}", 40002, "name", "x"},
           {Method::get, "/version?x=1", "", 40002, "known", "(none)"},
           {Method::get, "/metrics?x", "", 40002, "name", "x"},
           {Method::get, "/api/v1/errors?x", "", 40002, "name", "x"},
           {Method::get, "/api/v1/watch?filter=a", "", 40002, "name", "filter"}});
}

TEST(Refusal, OfParametersWithBadValues) {
    check({{Method::get, "/config/a?raw=yes", "", 40003, "parameter", "raw"},
           {Method::get, "/config/a?raw&raw", "", 40003, "parameter", "raw"},
           {Method::get, "/config/a?fields=value", "", 40003, "parameter", "fields"},
           {Method::get, "/config/a?raw&fields=meta", "", 40003, "parameter", "fields"},
           {Method::get, "/config/a?revision=0", "", 40003, "parameter", "revision"},
           {Method::get, "/config/a?revision=-5", "", 40003, "parameter", "revision"},
           {Method::get, "/config/a?revision=x", "", 40003, "parameter", "revision"},
           {Method::get, "/config/a?revision=1&min_revision=1", "", 40003, "parameter", "revision"},
           {Method::get, "/config/a?revision=1&consistency=linearizable", "", 40003, "parameter", "revision"},
           {Method::get, "/config/a?min_revision=1e9", "", 40003, "parameter", "min_revision"},
           {Method::get, "/config/a?min_revision=99999999999999999999", "", 40003, "parameter", "min_revision"},
           {Method::get, "/config/a?wait", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=-1s", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=1.5s", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=30sec", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=s", "", 40003, "parameter", "wait"},
           {Method::get, "/config?wait=soon", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=1&wait=2", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=1&revision=1", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=1&min_revision=1", "", 40003, "parameter", "wait"},
           {Method::get, "/config/a?wait=1&consistency=linearizable", "", 40003, "parameter", "wait"},
           {Method::get, "/config?wait=1&cursor=x", "", 40003, "", ""},
           {Method::get, "/config/a?since=1", "", 40003, "parameter", "since"},
           {Method::get, "/config?since=1", "", 40003, "parameter", "since"},
           {Method::get, "/config/a?wait=1&since=-1", "", 40010, "since", "-1"},
           {Method::get, "/config/a?wait=1&since=x", "", 40010, "since", "x"},
           {Method::get, "/config?wait=1&since=", "", 40010, "", ""},
           {Method::get, "/config?wait=1&since=zz:1", "", 40010, "since", "zz:1"},
           {Method::get, "/config/a?consistency=strong", "", 40003, "parameter", "consistency"},
           {Method::put, "/config/a?dry_run=maybe", R"({"value":"x"})", 40003, "parameter", "dry_run"},
           {Method::get, "/config?prefix=%FF", "", 40003, "parameter", "prefix"},
           {Method::get, "/healthz?verbose=loud", "", 40003, "parameter", "verbose"},
           {Method::get, "/api/v1/watch?snapshot=no", "", 40003, "parameter", "snapshot"}});
}

TEST(Refusal, OfBadPercentEncoding) {
    check({{Method::get, "/config/a%", "", 40005, "part", "path"},
           {Method::get, "/config/a%2", "", 40005, "part", "path"},
           {Method::get, "/config/a%zz/b", "", 40005, "near", "%zz"},
           {Method::get, "/config?prefix=%4", "", 40005, "part", "query"},
           {Method::put, "/config/%GG", R"({"value":"x"})", 40005, "part", "path"}});
}

TEST(Refusal, OfKeysThatBreakTheRules) {
    check({{Method::get, "/config//a", "", 40004, "", ""},
           {Method::get, "/config/a/", "", 40004, "", ""},
           {Method::get, "/config/a//b", "", 40004, "", ""},
           {Method::get, "/config/a/../b", "", 40004, "", ""},
           {Method::get, "/config/%2E%2E/b", "", 40004, "", ""},
           {Method::get, "/config/.", "", 40004, "", ""},
           {Method::get, "/config/a%2F%2Fb", "", 40004, "", ""},
           {Method::get, "/config/a%00b", "", 40004, "", ""},
           {Method::get, "/config/a%0Ab", "", 40004, "", ""},
           {Method::get, "/config/a%7Fb", "", 40004, "", ""},
           {Method::get, "/config/a%FF", "", 40004, "", ""},
           {Method::get, "/config/a%C0%AF", "", 40004, "", ""},
           {Method::get, "/config/a%ED%A0%80", "", 40004, "", ""},
           {Method::get, "/config/" + std::string(513, 'k'), "", 40004, "", ""},
           {Method::put, "/config/a//b", R"({"value":"x"})", 40004, "", ""},
           {Method::del, "/config/a//b", "", 40004, "", ""},
           {Method::post, "/config", R"({"key":"/a","value":"x"})", 40004, "", ""},
           {Method::post, "/config", R"({"key":"","value":"x"})", 40004, "", ""}});
}

TEST(Refusal, AKeyOf512BytesIsTheLongest) {
    World world;
    EXPECT_EQ(world.put("/config/" + std::string(512, 'k'), R"({"value":"x"})").status, 201U);
}

TEST(Refusal, OfValuesOverTheLimit) {
    ApiOptions options;
    options.max_value = 10;
    World world(options);
    const std::string eleven(11, 'x');
    for (const Reply& reply :
         {world.put("/config/a", R"({"value":")" + eleven + R"("})"),
          world.put("/config/a", eleven, {{"Content-Type", "text/plain"}}), world.put("/config/a?raw", eleven),
          world.put("/config/a", R"({"value":"eHh4eHh4eHh4eHg=","encoding":"base64"})"),
          world.post("/config", R"({"key":"a","value":")" + eleven + R"("})"),
          world.post("/api/v1/txn", R"({"put":[{"key":"a","value":")" + eleven + R"("}]})")}) {
        EXPECT_EQ(reply.status, 413U);
        EXPECT_EQ(reply.code(), 41301);
        EXPECT_EQ(reply.number("/limit"), 10);
        EXPECT_EQ(reply.number("/size"), 11);
    }
    EXPECT_EQ(world.put("/config/a", R"({"value":")" + std::string(10, 'x') + R"("})").status, 201U);
}

TEST(Refusal, ARawBodyOverItsLimitIsAValueOverItsLimit) {
    World world;
    const auto render = [&](Method method, std::string_view path, std::string_view type) {
        http::Request request;
        request.method = method;
        request.path = path;
        request.headers = {{"Content-Type", type}};
        const http::Context context(request);
        return std::string(
            world.api.renderer()(context, Error(Errc::body_too_large).with("limit", 5).with("size", 9'000'000))
                .body_view());
    };
    EXPECT_THAT(render(Method::put, "/config/a", "text/plain"), testing::HasSubstr(R"("code":41301)"));
    EXPECT_THAT(render(Method::put, "/config/a", "text/plain"),
                testing::HasSubstr(R"({"limit":1048576,"size":9000000})"));
    EXPECT_THAT(render(Method::put, "/config/a", "application/json"), testing::HasSubstr(R"("code":41302)"));
    EXPECT_THAT(render(Method::post, "/config", "text/plain"), testing::HasSubstr(R"("code":41302)"));
    EXPECT_THAT(render(Method::put, "/nope", "text/plain"), testing::HasSubstr(R"("code":41302)"));
}

TEST(Refusal, OfABodyWhereNoneIsMeant) {
    World world;
    world.by_hand("a", "x");
    const Reply reply = world.send(Method::del, "/config/a", R"({"mod_revision":1})");
    EXPECT_EQ(reply.code(), 41302);
    EXPECT_EQ(reply.number("/limit"), 0);
    EXPECT_EQ(world.send(Method::get, "/config/a", "x").code(), 41302);
}

TEST(Refusal, OfABadContentTypeHeader) {
    World world;
    const Reply reply = world.put("/config/a", "x", {{"Content-Type", "nonsense"}});
    EXPECT_EQ(reply.code(), 40007);
    EXPECT_EQ(reply.text("/name"), "Content-Type");
}

TEST(Refusal, OfPathsAndMethodsThatAreNotThere) {
    World world;
    EXPECT_EQ(world.get("/nope").code(), 40402);
    EXPECT_EQ(world.get("/api/v1/config/").code(), 40402);
    EXPECT_EQ(world.get("/api/v2/config/a").code(), 40402);
    const Reply reply = world.send(Method::patch, "/config/a");
    EXPECT_EQ(reply.code(), 40501);
    EXPECT_THAT(reply.header("Allow"), testing::AllOf(testing::HasSubstr("GET"), testing::HasSubstr("PUT"),
                                                      testing::HasSubstr("DELETE"), testing::HasSubstr("HEAD")));
    EXPECT_EQ(world.send(Method::post, "/livez").code(), 40501);
}

TEST(Refusal, RefusalsAreBoundedWhateverComesIn) {
    World world;
    const std::string huge(3'000, 'x');
    for (const std::string& target : {"/config?" + huge, "/config/a?revision=" + huge, "/config/" + huge, "/" + huge})
        EXPECT_LT(world.get(target).body.size(), 2'500U) << target.substr(0, 40);
}

TEST(BodyLimit, FollowsTheRoute) {
    World world;
    const auto limit = [&](Method method, std::string_view path) {
        http::Request head;
        head.method = method;
        head.path = path;
        return world.api.body_limit(head);
    };
    EXPECT_EQ(limit(Method::get, "/config/a"), 0U);
    EXPECT_EQ(limit(Method::head, "/config/a"), 0U);
    EXPECT_EQ(limit(Method::del, "/config/a"), 0U);
    EXPECT_GT(limit(Method::put, "/config/a"), 2U << 20U);
    EXPECT_GT(limit(Method::post, "/api/v1/txn"), 2U << 20U);
    EXPECT_GT(limit(Method::post, "/nope"), 0U) << "the answer is 404, not 413";
}

}  // namespace
}  // namespace confcast::api
