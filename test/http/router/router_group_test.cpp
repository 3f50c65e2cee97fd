#include "confcast/http/router_group.hpp"

#include "check_requests.hpp"
#include "confcast/test/run.hpp"

namespace confcast::http {
namespace {

using enum Method;

Middleware note(std::string& trace, char mark) {
    return [&trace, mark](Context& context, Next next) -> Awaitable<Response> {
        trace += mark;
        return next(context);
    };
}

std::string trace_of(const Router& router, std::string& trace, std::string_view path) {
    asio::io_context io(1);
    Request request;
    request.path = path;
    Context context(request);
    trace.clear();
    test::run(io, router.find(get, path).chain->run(context));
    return trace;
}

TEST(RouteGroup, PutsItsPrefixBeforeEveryPattern) {
    Router router;
    RouteGroup api(router, "/api/v1");
    api.get("/config/*key", no_op()).put("/config/*key", no_op()).del("/config/*key", no_op());
    api.post("/config", no_op()).patch("/config", no_op()).get("", no_op());
    RouteGroup(router).get("/livez", no_op());
    check_requests(router, {{get, "/api/v1/config/a", "/api/v1/config/*key", {"key=a"}},
                            {post, "/api/v1/config/a", "405 DELETE, GET, HEAD, OPTIONS, PUT"},
                            {get, "/api/v1/config", "405 OPTIONS, PATCH, POST"},
                            {get, "/api/v1", "/api/v1"},
                            {get, "/livez", "/livez"},
                            {get, "/config/a", ""}});
}

TEST(RouteGroup, MiddlewaresRunInListOrderAndNestedOnesInside) {
    Router router;
    std::string trace;
    RouteGroup outer(router, "/a", {note(trace, '1'), note(trace, '2')});
    RouteGroup inner = outer.group("/b", {note(trace, '3')});
    outer.get("/x", no_op());
    inner.get("/x", no_op());
    RouteGroup(router, "/c").get("/x", no_op());
    EXPECT_EQ(trace_of(router, trace, "/a/x"), "12");
    EXPECT_EQ(trace_of(router, trace, "/a/b/x"), "123");
    EXPECT_EQ(trace_of(router, trace, "/c/x"), "");
}

TEST(RouteGroup, PrefixesAndPatternsJoinAtASlash) {
    Router router;
    EXPECT_THROW(RouteGroup(router, "api"), std::invalid_argument);
    EXPECT_THROW(RouteGroup(router, "/api/"), std::invalid_argument);
    EXPECT_THROW(RouteGroup(router, "/api").get("config", no_op()), std::invalid_argument);
    EXPECT_TRUE(router.routes().empty());
}

}  // namespace
}  // namespace confcast::http
