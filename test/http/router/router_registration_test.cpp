// What add() refuses, and the sentence it says.
#include <gmock/gmock.h>

#include "check_requests.hpp"

namespace confcast::http {
namespace {

using enum Method;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal(Router& router, Method method, std::string_view pattern, const Handler& handler = no_op()) {
    try {
        router.add(method, pattern, handler);
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "";
}

TEST(RouterRegistration, AConflictNamesBothPatterns) {
    Router router = make_router({{get, "/a/:x/b"}});
    EXPECT_EQ(
        refusal(router, get, "/a/:y/b"),
        "The route \"GET /a/:y/b\" conflicts with \"GET /a/:x/b\", which is registered already: no request can tell "
        "them apart.");
}

TEST(RouterRegistration, TheSamePatternTwiceIsAConflict) {
    for (const std::string_view pattern : {"/", "/a", "/a/:x", "/a/*x", "/a/"}) {
        Router router = make_router({{put, pattern}});
        EXPECT_THAT(refusal(router, put, pattern), HasSubstr("conflicts"));
        EXPECT_EQ(refusal(router, get, pattern), "");
    }
}

TEST(RouterRegistration, WildcardsOfAnotherNameConflict) {
    Router router = make_router({{get, "/k/*key"}});
    EXPECT_THAT(refusal(router, get, "/k/*rest"), AllOf(HasSubstr("/k/*rest"), HasSubstr("/k/*key")));
    EXPECT_EQ(refusal(router, get, "/k/:key"), "");
}

TEST(RouterRegistration, ARefusedRouteChangesNothing) {
    Router router = make_router({{get, "/a/:x"}});
    const Chain* before = router.find(get, "/a/1").chain;
    EXPECT_NE(refusal(router, get, "/a/:y"), "");
    EXPECT_EQ(router.find(get, "/a/1").chain, before);
    check_requests(router, {{get, "/a/1", "/a/:x", {"x=1"}}, {put, "/a/1", "405 GET, HEAD, OPTIONS"}});
    EXPECT_EQ(router.routes().size(), 1U);
}

TEST(RouterRegistration, MalformedPatternsAreRefusedWithTheReason) {
    struct Case {
        std::string_view pattern, reason;
    };
    for (const Case& c :
         {Case{"", "does not begin with '/'"}, Case{"a/b", "does not begin with '/'"},
          Case{":x", "does not begin with '/'"}, Case{"*", "does not begin with '/'"}, Case{"/:", "without a name"},
          Case{"/a/:/b", "without a name"}, Case{"/a/*", "without a name"},
          Case{"/*x/b", "goes on behind its wildcard"}, Case{"/*x/", "goes on behind its wildcard"},
          Case{"/:x/:x", "two parameters named \"x\""}, Case{"/:x/*x", "two parameters named \"x\""},
          Case{"/:a/:b/:c/:d/:e/:f/:g/:h/:i", "more than 8 parameters"}}) {
        Router router;
        EXPECT_THAT(refusal(router, get, c.pattern),
                    AllOf(HasSubstr("\"" + std::string(c.pattern) + "\""), HasSubstr(c.reason)));
        EXPECT_TRUE(router.routes().empty());
    }
}

TEST(RouterRegistration, ARouteNeedsAHandler) {
    Router router;
    EXPECT_THAT(refusal(router, get, "/a", Handler{}), HasSubstr("GET /a\" has no handler"));
}

TEST(RouterRegistration, RoutesAreListedInOrder) {
    const Router router = make_router({{put, "/b"}, {get, "/a/*x"}, {get, "/b"}});
    ASSERT_EQ(router.routes().size(), 3U);
    EXPECT_EQ(router.routes()[0].pattern, "/b");
    EXPECT_EQ(router.routes()[0].method, put);
    EXPECT_EQ(router.routes()[1].pattern, "/a/*x");
    EXPECT_EQ(router.routes()[2].method, get);
}

TEST(RouterRegistration, AMovedRouterFindsWhatItFound) {
    Router router = make_router({{get, "/a/:x"}});
    const Chain* before = router.find(get, "/a/1").chain;
    Router moved = std::move(router);
    EXPECT_EQ(moved.find(get, "/a/1").chain, before);
}

}  // namespace
}  // namespace confcast::http
