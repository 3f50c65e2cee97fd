// Pages of other origins, and names that point at this machine.
#include <gmock/gmock.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;

Headers page(std::string origin, std::string host = "config.example.com") {
    return {{"Origin", std::move(origin)}, {"Host", std::move(host)}};
}

Headers json_page(std::string origin) {
    Headers headers{{"Content-Type", "application/json"}};
    for (auto& one : page(std::move(origin))) headers.push_back(std::move(one));
    return headers;
}

ApiOptions allowing(std::vector<std::string> origins) {
    ApiOptions options;
    options.allowed_origins = std::move(origins);
    return options;
}

TEST(Origin, APageOfThisServerDoesWhatItLikes) {
    World world;
    EXPECT_EQ(world.put("/api/v1/config/a", R"({"value":"v"})", json_page("https://config.example.com")).status, 201U);
    const Reply reply =
        world.get("/api/v1/config/a", page("http://config.example.com:8080", "config.example.com:8080"));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "") << "nobody needs to be told";
}

TEST(Origin, APageOfAnotherCannotWriteNorListenNorRead) {
    World world;
    world.by_hand("a", "v");
    EXPECT_EQ(world.put("/api/v1/config/a", R"({"value":"v"})", json_page("https://evil.example")).code(), 40303);
    EXPECT_EQ(world.del("/api/v1/config/a", page("https://evil.example")).code(), 40303);
    EXPECT_EQ(world.post("/api/v1/txn", "{}", json_page("null")).code(), 40303) << "a sandboxed frame's origin";
    Headers stream = page("https://evil.example");
    stream.emplace_back("Upgrade", "websocket");
    EXPECT_EQ(world.get("/api/v1/watch", stream).code(), 40303);
    const Reply read = world.get("/api/v1/config/a", page("https://evil.example"));
    EXPECT_EQ(read.header("Access-Control-Allow-Origin"), "") << "the browser keeps it from the page";
    const Reply asked =
        world.send(http::Method::options, "/api/v1/config/a", "",
                   {{"Origin", "https://evil.example"}, {"Host", "h"}, {"Access-Control-Request-Method", "PUT"}});
    EXPECT_EQ(asked.header("Access-Control-Allow-Methods"), "");
    EXPECT_EQ(world.api.stats().origins_refused, 4U);
    EXPECT_THAT(world.put("/api/v1/config/a", "{}", json_page("https://<evil>")).body, testing::Not(HasSubstr("evil")));
}

TEST(Origin, AnOriginOnTheListIsServed) {
    World world(allowing({"https://app.example.com"}));
    const Reply wrote = world.put("/api/v1/config/a", R"({"value":"v"})", json_page("https://app.example.com"));
    EXPECT_EQ(wrote.status, 201U);
    EXPECT_EQ(wrote.header("Access-Control-Allow-Origin"), "https://app.example.com");
    EXPECT_EQ(wrote.header("Vary"), "Origin");
    EXPECT_THAT(wrote.header("Access-Control-Expose-Headers"), HasSubstr("ETag"));
    EXPECT_EQ(wrote.header("Access-Control-Allow-Credentials"), "") << "nothing here is done by cookie";
    const Reply asked =
        world.send(http::Method::options, "/api/v1/config/a", "",
                   {{"Origin", "https://app.example.com"}, {"Host", "h"}, {"Access-Control-Request-Method", "PUT"}});
    EXPECT_EQ(asked.status, 204U);
    EXPECT_THAT(asked.header("Access-Control-Allow-Methods"), HasSubstr("PUT"));
    EXPECT_THAT(asked.header("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
    for (const char* other :
         {"https://app.example.com.evil.example", "http://app.example.com", "https://app.example.com:444"})
        EXPECT_EQ(world.del("/api/v1/config/a", page(other)).code(), 40303) << other;
}

TEST(Origin, AnErrorToldToAnAllowedPageCanBeReadByIt) {
    World world(allowing({"https://app.example.com"}));
    EXPECT_EQ(world.get("/nothing", page("https://app.example.com")).header("Access-Control-Allow-Origin"),
              "https://app.example.com");
}

TEST(Origin, AStarIsEverybody) {
    World world(allowing({"*"}));
    EXPECT_EQ(world.get("/api/v1/errors", page("https://any.example")).header("Access-Control-Allow-Origin"),
              "https://any.example");
}

TEST(Origin, AServerThatAsksNobodyIsNoOtherNamesServer) {
    ApiOptions options = allowing({"https://config.example.com"});
    options.loopback_only = true;
    World world(options);
    const auto status = [&](const std::string& host) { return world.get("/livez", {{"Host", host}}).status; };
    EXPECT_EQ(status(""), 403U) << "before any other";
    for (const char* good : {"localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "app.localhost:1",
                             "10.0.0.1", "config.example.com"})
        EXPECT_EQ(status(good), 200U) << good;
    for (const char* bad :
         {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", ""})
        EXPECT_EQ(status(bad), 403U) << bad;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(status("localhost"), 200U) << "again";
        EXPECT_EQ(status("localhost.evil.example"), 403U) << "though the one before was good";
    }
    EXPECT_EQ(world.get("/livez").status, 200U) << "no browser: HTTP/1.0 without a Host";
}

}  // namespace
}  // namespace confcast::api
