// POST /-/reload, and what other limits do to an Api that runs.
#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "world.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;

ApiOptions with_endpoint() {
    ApiOptions options;
    options.reload_endpoint = true;
    return options;
}

TEST(Reload, IsThereWhenItIsWantedOnly) {
    World world;
    EXPECT_EQ(world.post("/-/reload", "").code(), 40402);
    EXPECT_EQ(world.reloads, 0U);
}

TEST(Reload, TellsWhatBecameOfIt) {
    World world(with_endpoint());
    world.reloaded = {{"log.level", "limits.address_rate"}, {"server.listen"}, {}};
    const Reply reply = world.post("/-/reload", "");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(boost::json::serialize(reply.data()),
              R"({"applied":["log.level","limits.address_rate"],"needs_restart":["server.listen"]})");
    EXPECT_EQ(world.reloads, 1U);
    ASSERT_FALSE(world.audited.empty());
    EXPECT_THAT(world.audited.back(), HasSubstr("\"configuration_reloaded\""));
}

TEST(Reload, TellsWhatIsWrong) {
    World world(with_endpoint());
    world.reloaded.problems = {"a.toml:1:2: no", "b"};
    const Reply reply = world.post("/-/reload", "");
    EXPECT_EQ(reply.code(), 50002);
    EXPECT_EQ(reply.text("/reason"), "a.toml:1:2: no; b");
    EXPECT_THAT(reply.message(), HasSubstr("The old one goes on"));
}

TEST(Reload, IsForAdministrators) {
    World world(with_endpoint(), World::Start::ready, World::Asks::everybody);
    EXPECT_EQ(world.post("/-/reload", "").code(), 40101);
    const std::vector<std::string> words{"read,write:**"};
    const auto reader = auth::make_token("r", *auth::Permissions::parse(words), {}, {});
    world.authenticator.set_credentials({{reader.token}, {}, {}});
    EXPECT_EQ(world.post("/-/reload", "", {{"Authorization", "Bearer " + reader.text}}).code(), 40302);
    EXPECT_EQ(world.reloads, 0U);
}

TEST(Reconfigured, AnApiHasOtherLimits) {
    World world;
    ApiOptions options;
    options.max_value = 3;
    options.namespace_write_rate = {1, 2};
    options.allowed_origins = {"https://a.example"};
    EXPECT_EQ(world.put("/config/a/b", R"({"value":"1234"})").status, 201U);
    world.api.reconfigure(options);
    EXPECT_EQ(world.put("/config/a/b", R"({"value":"1234"})").code(), 41301);
    EXPECT_EQ(world.put("/config/a/b", R"({"value":"12"})").status, 200U);
    EXPECT_EQ(world.put("/config/a/b", R"({"value":"13"})").code(), 42902);
    const auto allowed = [&world] {
        return world.get("/config/a/b", {{"Origin", "https://a.example"}}).header("Access-Control-Allow-Origin");
    };
    EXPECT_EQ(allowed(), "https://a.example");
    world.api.reconfigure({});
    EXPECT_EQ(world.put("/config/a/b", R"({"value":"1234"})").status, 200U);
    EXPECT_EQ(allowed(), "");
}

}  // namespace
}  // namespace confcast::api
