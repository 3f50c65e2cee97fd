// Globs on a stream: like prefixes in everything, from the query to resume.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;

class StreamGlob : public StreamTest {
  protected:
    static Subscription glob(std::string text) {
        Subscription s;
        s.filters.globs.push_back(std::move(text));
        return s;
    }
    static std::string ask(std::string_view type, json::array globs) {
        return json::serialize(json::object{{"type", std::string(type)}, {"payload", {{"globs", std::move(globs)}}}});
    }
};

TEST_F(StreamGlob, SnapshotAndUpdatesAreOfWhatMatches) {
    put_all({"app", "app/a/db", "app/a/log", "app/b/db", "apple/a/db"}, "v");
    auto& client = open(glob("app/*/db"));
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), (Texts{"app/a/db=v@2", "app/b/db=v@2"}));
    client.complete_all();
    put_all({"app/a/db", "app/a/log", "app/c/db", "app/c/d/db"}, "w");
    EXPECT_EQ(events_of(client.one()), (Texts{"put app/a/db=w@3", "put app/c/db=w@3"}));
    client.complete();
    remove("app/a/db");
    EXPECT_EQ(events_of(client.one()), Texts{"delete app/a/db@4"});
    client.complete();
    put("app/d/e/db", "x");
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamGlob, AMessageComesOnceHoweverManyGlobsKeysAndPrefixesMatch) {
    Subscription s = glob("a/*");
    s.filters.globs.insert(s.filters.globs.end(), {"**", "*/b", "a/b"});
    s.filters.keys = {"a/b"};
    s.filters.prefixes = {"a/"};
    auto& client = open_quiet(s);
    put("a/b", "1");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/b=1@2"});
    client.complete();
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamGlob, ComesAndGoesOnALiveStream) {
    put("a/1/x", "v");
    put("b/1/x", "v");
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {"b/**", "*/1/x"}));
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"subscribed", "snapshot"}));
    EXPECT_EQ(json::serialize(got[0].payload.at("globs")), R"(["b/**","*/1/x"])");
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(entries_of(got[1]), (Texts{"a/1/x=v@2", "b/1/x=v@3"})) << "of what was added, all of it";
    client.complete();
    put("b/2/y", "w");
    EXPECT_EQ(events_of(client.one()), Texts{"put b/2/y=w@4"});
    client.complete();
    client.say(ask("unsubscribe", {"b/**"}));
    const auto left = client.one();
    EXPECT_EQ(left.type, "unsubscribed");
    EXPECT_EQ(json::serialize(left.payload.at("globs")), R"(["*/1/x"])");
    EXPECT_EQ(json::serialize(left.payload.at("prefixes")), R"(["a/"])");
    client.complete();
    put("b/2/y", "unheard");
    put("b/1/x", "heard");
    EXPECT_EQ(events_of(client.one()), Texts{"put b/1/x=heard@6"});
}

TEST_F(StreamGlob, SubscribingAgainBringsNoSnapshot) {
    auto& client = open_quiet(glob("a/*"));
    client.say(ask("subscribe", {"a/*"}));
    EXPECT_EQ(types_of(client.take()), Texts{"subscribed"});
}

TEST_F(StreamGlob, AGlobAndAPrefixOfTheSameTextAreTwoFilters) {
    auto& client = open_quiet(glob("a/*"));
    client.say(R"({"type":"unsubscribe","payload":{"prefixes":["a/*"]}})");
    EXPECT_EQ(json::serialize(client.one().payload.at("globs")), R"(["a/*"])");
}

TEST_F(StreamGlob, ResumesWithWhatWasMissed) {
    put("a/1", "v");
    const auto seen = head();
    put("a/1", "w");
    put("b/1", "w");
    put("a/2/x", "w");
    put("a/3", "w");
    auto& client = open(since(glob("a/*"), seen));
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "update", "update"}));
    EXPECT_EQ(events_of(got[1]), Texts{"put a/1=w@3"});
    EXPECT_EQ(events_of(got[2]), Texts{"put a/3=w@6"});
}

TEST_F(StreamGlob, FarBehindItIsOneCoalescedUpdate) {
    hub_options.coalesce_after = 2;
    auto& client = open_quiet(glob("a/*"));
    put("a/0", "v");
    for (int i = 0; i < 10; ++i) put_all({"a/1", "a/1/x", "b"}, std::to_string(i));
    client.take();
    client.complete();
    const auto update = client.one();
    EXPECT_EQ(update.payload.at("coalesced_from").as_int64(), 2);
    EXPECT_EQ(events_of(update), Texts{"put a/1=9@12"});
}

TEST_F(StreamGlob, MetaOnlyHasNoValuesInSnapshotUpdateAndAddition) {
    put_all({"a/1", "b/1"}, "secret");
    Subscription s = glob("a/*");
    s.meta_only = true;
    auto& client = open(s);
    EXPECT_EQ(entries_of(client.take().at(1)), Texts{"a/1@2"});
    client.complete_all();
    put("a/1", "secret");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/1@3"});
    client.complete();
    client.say(ask("subscribe", {"*/1"}));
    EXPECT_EQ(entries_of(client.take().at(1)), (Texts{"a/1@3", "b/1@2"}));
    client.complete();
    put("b/1", "secret");
    EXPECT_EQ(events_of(client.one()), Texts{"put b/1@4"});
}

TEST_F(StreamGlob, WithAndWithoutValuesAreNotMixedUp) {
    Subscription s = glob("**");
    auto& whole = open_quiet(s);
    s.meta_only = true;
    auto& meta = open_quiet(s);
    put("a", "v");
    EXPECT_EQ(events_of(whole.one()), Texts{"put a=v@2"});
    EXPECT_EQ(events_of(meta.one()), Texts{"put a@2"});
}

TEST_F(StreamGlob, CountsAmongTheFiltersAndIsChecked) {
    hub_options.max_filters = 2;
    Subscription s = glob("a/*");
    s.filters.keys = {"k"};
    s.filters.prefixes = {"p"};
    const auto many = hub().check(s);
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code(), Errc::too_many_filters);
    EXPECT_EQ(many.error().number("count"), 3);
    for (const char* bad : {"", "/a", "a//b", "a/**b", "../*"}) {
        const auto refused = hub().check(glob(bad));
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code(), Errc::invalid_key) << bad;
    }

    auto& client = open_quiet(glob("a/*"));
    client.say(ask("subscribe", {"b/*", "c/*"}));
    EXPECT_EQ(client.one().payload.at("code").as_int64(), 40014);
    client.complete();
    client.say(ask("subscribe", {"b**"}));
    EXPECT_EQ(client.one().payload.at("code").as_int64(), 40004);
    client.complete();
    put("b/1", "unheard");
    EXPECT_TRUE(client.take().empty());
}

}  // namespace
}  // namespace confcast::push::test
