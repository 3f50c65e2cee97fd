// What finds what: the order of preference, parameters, wildcards, methods.
#include "check_requests.hpp"

namespace confcast::http {
namespace {

using enum Method;

TEST(Router, AnEmptyRouterFindsNothing) {
    check_requests(Router{}, {{get, "/", ""}, {get, "", ""}, {get, "*", ""}, {options, "*", ""}});
}

TEST(Router, StaticPathsMatchExactly) {
    const Router router = make_router({{get, "/"}, {get, "/a"}, {get, "/ab"}, {get, "/abc/d"}, {get, "/b/"}});
    check_requests(router, {{get, "/", "/"},
                            {get, "/a", "/a"},
                            {get, "/ab", "/ab"},
                            {get, "/abc/d", "/abc/d"},
                            {get, "/abc", ""},
                            {get, "/abcd", ""},
                            {get, "/abc/", ""},
                            {get, "/abc/de", ""},
                            {get, "/A", ""},
                            {get, "a", ""},
                            {get, "", ""}});
}

TEST(Router, ATrailingSlashMakesAnotherPath) {
    const Router router = make_router({{get, "/a"}, {get, "/b/"}, {get, "/:x/y"}});
    check_requests(router, {{get, "/a", "/a"},
                            {get, "/a/", ""},
                            {get, "/b", ""},
                            {get, "/b/", "/b/"},
                            {get, "/q/y", "/:x/y", {"x=q"}},
                            {get, "/q/y/", ""}});
}

TEST(Router, AParameterIsOneSegmentThatIsNotEmpty) {
    const Router router = make_router({{get, "/user/:name"}, {get, "/user/:name/photo/:id"}, {get, "/a/:x/b"}});
    check_requests(router, {{get, "/user/ann", "/user/:name", {"name=ann"}},
                            {get, "/user/ann/photo/7", "/user/:name/photo/:id", {"name=ann", "id=7"}},
                            {get, "/user/", ""},
                            {get, "/user//photo/7", ""},
                            {get, "/user/ann/photo/", ""},
                            {get, "/user/ann/", ""},
                            {get, "/a//b", ""},
                            {get, "/a/:x/b", "/a/:x/b", {"x=:x"}}});
}

TEST(Router, AWildcardTakesTheRestAndAtLeastOneByte) {
    const Router router = make_router({{get, "/config/*key"}});
    check_requests(router, {{get, "/config/a", "/config/*key", {"key=a"}},
                            {get, "/config/a/b/c", "/config/*key", {"key=a/b/c"}},
                            {get, "/config/a/", "/config/*key", {"key=a/"}},
                            {get, "/config//a", "/config/*key", {"key=/a"}},
                            {get, "/config//", "/config/*key", {"key=/"}},
                            {get, "/config/", ""},
                            {get, "/config", ""}});
}

TEST(Router, EncodedSlashesDoNotSplitASegment) {
    const Router router = make_router({{get, "/a/:x"}, {get, "/k/*key"}});
    check_requests(router, {{get, "/a/b%2Fc", "/a/:x", {"x=b%2Fc"}},
                            {get, "/a/%2f", "/a/:x", {"x=%2f"}},
                            {get, "/k/b%2Fc/d", "/k/*key", {"key=b%2Fc/d"}},
                            {get, "/%61/b", ""}});
}

TEST(Router, StaticBeatsParam) {
    const Router router = make_router({{get, "/a/:x"}, {get, "/a/list"}, {get, "/a/li:st"}});
    check_requests(router, {{get, "/a/list", "/a/list"},
                            {get, "/a/lis", "/a/:x", {"x=lis"}},
                            {get, "/a/lists", "/a/:x", {"x=lists"}},
                            {get, "/a/l", "/a/:x", {"x=l"}},
                            {get, "/a/li:st", "/a/li:st"}});
}

TEST(Router, ParamBeatsWildcard) {
    const Router router = make_router({{get, "/a/*rest"}, {get, "/a/:x"}, {get, "/*all"}});
    check_requests(router, {{get, "/a/b", "/a/:x", {"x=b"}},
                            {get, "/a/b/c", "/a/*rest", {"rest=b/c"}},
                            {get, "/a/b/", "/a/*rest", {"rest=b/"}},
                            {get, "/a/", "/*all", {"all=a/"}},
                            {get, "/", ""}});
}

TEST(Router, AnEarlierStaticSegmentDecides) {
    const Router router = make_router({{get, "/a/*rest"}, {get, "/:x/b/c"}});
    check_requests(router, {{get, "/a/b/c", "/a/*rest", {"rest=b/c"}}, {get, "/q/b/c", "/:x/b/c", {"x=q"}}});
}

TEST(Router, BacksOutOfADeadEnd) {
    const Router router = make_router({{get, "/a/b/c/d"}, {get, "/a/:x/c/e"}, {get, "/:p/b/:q/f"}, {get, "/*all"}});
    check_requests(router, {{get, "/a/b/c/d", "/a/b/c/d"},
                            {get, "/a/b/c/e", "/a/:x/c/e", {"x=b"}},
                            {get, "/a/b/c/f", "/:p/b/:q/f", {"p=a", "q=c"}},
                            {get, "/a/b/c/g", "/*all", {"all=a/b/c/g"}},
                            {get, "/a/b/c", "/*all", {"all=a/b/c"}}});
}

TEST(Router, MarksInsideASegmentAreOrdinaryBytes) {
    const Router router = make_router({{post, "/job:run"}, {get, "/a*b/c"}});
    check_requests(router, {{post, "/job:run", "/job:run"}, {post, "/jobs", ""}, {get, "/a*b/c", "/a*b/c"}});
}

TEST(Router, HeadIsServedFromGet) {
    const Router router = make_router({{get, "/a"}, {get, "/b"}, {head, "/b"}, {post, "/c"}});
    check_requests(router, {{head, "/a", "/a"}, {head, "/b", "/b"}, {head, "/c", "405 OPTIONS, POST"}});
    EXPECT_EQ(router.find(head, "/a").chain, router.find(get, "/a").chain);
    EXPECT_NE(router.find(head, "/b").chain, router.find(get, "/b").chain);
}

TEST(Router, HeadFollowsTheMorePreciseGet) {
    const Router router = make_router({{get, "/a/b"}, {head, "/a/:x"}});
    check_requests(router,
                   {{head, "/a/b", "/a/b"}, {head, "/a/c", "/a/:x", {"x=c"}}, {get, "/a/c", "405 HEAD, OPTIONS"}});
}

TEST(Router, AMissingMethodIsAnsweredWithTheOnesThereAre) {
    const Router router =
        make_router({{put, "/k/*key"}, {get, "/k/*key"}, {del, "/k/*key"}, {patch, "/p"}, {post, "/p"}});
    check_requests(router, {{post, "/k/a", "405 DELETE, GET, HEAD, OPTIONS, PUT"},
                            {get, "/p", "405 OPTIONS, PATCH, POST"},
                            {options, "/p", "405 OPTIONS, PATCH, POST"},
                            {options, "/nowhere", ""}});
}

TEST(Router, AllowJoinsAllPatternsThatMatchThePath) {
    const Router router =
        make_router({{get, "/a/b"}, {put, "/a/:x"}, {del, "/*all"}, {get, "/*all"}, {patch, "/a/b/c"}});
    check_requests(router, {{post, "/a/b", "405 DELETE, GET, HEAD, OPTIONS, PUT"},
                            {post, "/a/c", "405 DELETE, GET, HEAD, OPTIONS, PUT"},
                            {post, "/z", "405 DELETE, GET, HEAD, OPTIONS"}});
}

TEST(Router, AMorePrecisePatternDoesNotHideAnotherOnesMethod) {
    const Router router = make_router({{get, "/a/b"}, {put, "/a/:x"}, {del, "/a/*rest"}});
    check_requests(router,
                   {{get, "/a/b", "/a/b"}, {put, "/a/b", "/a/:x", {"x=b"}}, {del, "/a/b", "/a/*rest", {"rest=b"}}});
}

TEST(Router, OptionsCanBeRegistered) {
    check_requests(make_router({{options, "/a"}, {get, "/a"}}),
                   {{options, "/a", "/a"}, {put, "/a", "405 GET, HEAD, OPTIONS"}});
}

TEST(Router, NamesBelongToThePatternNotToThePlace) {
    const Router router = make_router({{get, "/:a/x"}, {put, "/:b/x"}, {get, "/:c/y"}});
    check_requests(router,
                   {{get, "/1/x", "/:a/x", {"a=1"}}, {put, "/1/x", "/:b/x", {"b=1"}}, {get, "/1/y", "/:c/y", {"c=1"}}});
}

TEST(Router, TheRoutesOfTheApi) {
    const Router router = make_router({{get, "/api/v1/config"},
                                       {post, "/api/v1/config"},
                                       {get, "/api/v1/config/*key"},
                                       {put, "/api/v1/config/*key"},
                                       {del, "/api/v1/config/*key"},
                                       {get, "/config/*key"},
                                       {get, "/ws"},
                                       {get, "/version"}});
    check_requests(router, {{get, "/api/v1/config", "/api/v1/config"},
                            {get, "/api/v1/config/", ""},
                            {get, "/api/v1/config/app/port", "/api/v1/config/*key", {"key=app/port"}},
                            {get, "/config/app/port", "/config/*key", {"key=app/port"}},
                            {patch, "/api/v1/config/a", "405 DELETE, GET, HEAD, OPTIONS, PUT"},
                            {del, "/api/v1/config", "405 GET, HEAD, OPTIONS, POST"},
                            {get, "/api/v1", ""},
                            {get, "/w", ""}});
}

TEST(Router, EightParametersAreFilled) {
    check_requests(make_router({{get, "/:a/:b/:c/:d/:e/:f/:g/*h"}}),
                   {{get,
                     "/1/2/3/4/5/6/7/8/9",
                     "/:a/:b/:c/:d/:e/:f/:g/*h",
                     {"a=1", "b=2", "c=3", "d=4", "e=5", "f=6", "g=7", "h=8/9"}}});
}

}  // namespace
}  // namespace confcast::http
