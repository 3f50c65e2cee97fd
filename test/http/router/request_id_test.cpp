#include <gmock/gmock.h>

#include <set>

#include "chain_fixture.hpp"

namespace confcast::http {
namespace {

using testing::MatchesRegex;

struct RequestId : ChainFixture {
    /// The id in the response, which is the one in the context.
    std::string id_for(std::string_view brought) {
        request.headers = {{"x-request-id", brought}};
        return id_of(run({middleware}));
    }
    std::string id_of(const Response& response) {
        EXPECT_EQ(response.header("X-Request-Id"), context.request_id);
        return context.request_id;
    }
    Middleware middleware = request_id();
};

constexpr auto own_id = "[0-9a-v]{13}";

TEST_F(RequestId, IsMadeWhenTheRequestBringsNone) { EXPECT_THAT(id_of(run({middleware})), MatchesRegex(own_id)); }

TEST_F(RequestId, IsTheClientsWhenItIsSane) {
    for (const std::string& id : {std::string("a"), std::string("7b1e-4c.x_y:z/0+q="), std::string(128, 'Z')})
        EXPECT_EQ(id_for(id), id);
}

TEST_F(RequestId, IsOursWhenTheClientsIsInsane) {
    for (const std::string& id :
         {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\tb"), std::string("a\"b"),
          std::string("a,b"), std::string("<x>"), std::string("\xE5\x90\x8D"), std::string("a\0b", 3)})
        EXPECT_THAT(id_for(id), MatchesRegex(own_id)) << id;
}

TEST_F(RequestId, IsKnownToTheEndpoint) {
    endpoint = [](Context& c) -> Awaitable<Response> {
        Response response;
        response.body = c.request_id;
        co_return response;
    };
    const Response response = run({middleware});
    EXPECT_EQ(response.body_view(), response.header("X-Request-Id"));
}

TEST_F(RequestId, IsOnARefusalToo) {
    const Middleware refuse = [](Context&, Next) -> Awaitable<Response> {
        Response response;
        response.status = 403;
        co_return response;
    };
    const Response response = run({middleware, refuse});
    EXPECT_EQ(response.status, 403U);
    EXPECT_THAT(id_of(response), MatchesRegex(own_id));
}

TEST_F(RequestId, ReplacesTheEndpointsHeader) {
    endpoint = [](Context&) -> Awaitable<Response> {
        Response response;
        response.set("x-request-id", "mine");
        co_return response;
    };
    const Response response = run({middleware});
    EXPECT_EQ(response.headers.size(), 2U);
    EXPECT_THAT(id_of(response), MatchesRegex(own_id));
}

TEST_F(RequestId, IsUniqueAmongTheCopiesOfAMiddleware) {
    const Middleware copy = middleware;
    std::set<std::string> ids;
    for (int i = 0; i < 2000; ++i) {
        ids.insert(id_of(run({middleware})));
        ids.insert(id_of(run({copy})));
    }
    EXPECT_EQ(ids.size(), 4000U);
}

TEST_F(RequestId, DiffersBetweenMiddlewaresFromTheFirstOneOn) {
    EXPECT_NE(id_of(run({request_id()})), id_of(run({request_id()})));
}

}  // namespace
}  // namespace confcast::http
