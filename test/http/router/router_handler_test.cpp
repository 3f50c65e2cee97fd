// The router at the end of a chain: what the answer looks like, and what the context knows.
#include <gmock/gmock.h>

#include "check_requests.hpp"
#include "confcast/test/run.hpp"

namespace confcast::http {
namespace {

using enum Method;
using testing::HasSubstr;

struct RouterHandler : testing::Test {
    Response ask(Method method, std::string_view path) {
        request.method = method;
        request.path = path;
        return test::run(io, handler(context).wait());
    }

    asio::io_context io{1};
    Router router;
    ErrorRenderer render = [](const Context&, const Error& error) {
        Response response;
        response.status = http_status(error.code());
        response.body = error.to_string();
        return response;
    };
    Handler handler = router.as_handler(render);
    Request request;
    Context context{request};
};

Handler say(const std::string& text) {
    return [text](Context& context) -> Awaitable<Response> {
        Response response;
        response.body = text + " " + std::string(context.route) + " " + std::string(context.params.get("key"));
        co_return response;
    };
}

TEST_F(RouterHandler, RunsTheEndpointWithRouteAndParams) {
    router.add(get, "/config/*key", say("read"));
    EXPECT_EQ(ask(get, "/config/a/b").body_view(), "read /config/*key a/b");
    EXPECT_EQ(context.route, "/config/*key");
    EXPECT_EQ(context.params.get("other"), "");
}

TEST_F(RouterHandler, HeadRunsTheEndpointOfGet) {
    router.add(get, "/a", say("read"));
    EXPECT_EQ(ask(head, "/a").body_view(), "read /a ");
}

TEST_F(RouterHandler, AnUnknownPathIsRenderedAs404) {
    router.add(get, "/a", say("read"));
    const Response response = ask(get, "/b/c");
    EXPECT_EQ(response.status, 404U);
    EXPECT_THAT(response.body_view(), HasSubstr("route_not_found path=/b/c"));
    EXPECT_EQ(response.header("Allow"), std::nullopt);
    EXPECT_EQ(context.route, "");
}

TEST_F(RouterHandler, AWrongMethodIsRenderedAs405WithAllow) {
    router.add(get, "/a", say("read"));
    router.add(put, "/a", say("write"));
    const Response response = ask(post, "/a");
    EXPECT_EQ(response.status, 405U);
    EXPECT_EQ(response.header("Allow"), "GET, HEAD, OPTIONS, PUT");
    EXPECT_THAT(response.body_view(), HasSubstr("method_not_allowed method=POST allow=GET, HEAD, OPTIONS, PUT"));
    EXPECT_EQ(context.route, "");
}

TEST_F(RouterHandler, OptionsIsAnsweredWithAllow) {
    router.add(get, "/a", say("read"));
    const Response response = ask(options, "/a");
    EXPECT_EQ(response.status, 204U);
    EXPECT_EQ(response.header("Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(response.body_view(), "");
    EXPECT_EQ(ask(options, "/b").status, 404U);
}

TEST_F(RouterHandler, ARegisteredOptionsIsRun) {
    router.add(get, "/a", say("read"));
    router.add(options, "/a", say("mine"));
    EXPECT_EQ(ask(options, "/a").body_view(), "mine /a ");
}

TEST_F(RouterHandler, GroupMiddlewaresRunForTheirRouteOnly) {
    int runs = 0;
    const Middleware count = [&runs](Context& c, Next next) -> Awaitable<Response> {
        ++runs;
        return next(c);
    };
    router.add(get, "/counted", say("a"), {count, count});
    router.add(get, "/plain", say("b"));
    EXPECT_EQ(ask(get, "/counted").body_view(), "a /counted ");
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(ask(get, "/plain").body_view(), "b /plain ");
    EXPECT_EQ(ask(put, "/counted").status, 405U);
    EXPECT_EQ(ask(get, "/none").status, 404U);
    EXPECT_EQ(runs, 2);
}

TEST_F(RouterHandler, AMiddlewareOfTheGroupSeesRouteAndParams) {
    std::string seen;
    const Middleware look = [&seen](Context& c, Next next) -> Awaitable<Response> {
        seen = std::string(c.route) + " " + std::string(c.params.get("key"));
        return next(c);
    };
    router.add(get, "/k/*key", say("read"), {look});
    ask(get, "/k/x/y");
    EXPECT_EQ(seen, "/k/*key x/y");
}

}  // namespace
}  // namespace confcast::http
