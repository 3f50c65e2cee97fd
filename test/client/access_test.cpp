// By what right a stream is there: what a client does when that changes, ends, or is another one at the next
// connection.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "stream_fixture.hpp"

namespace confcast::client::test {
namespace {

namespace json = boost::json;
const Filters app{.prefixes = {"app/"}};

struct Told {
    std::int64_t id = 0;
    bool snapshot = false;
    std::string expires_at{};
    LimitedTo limited_to{};
};

std::string access(Revision seq_id, std::string_view status, const Told& told = {}) {
    json::object payload{{"status", json::string(status)}};
    if (told.id != 0) payload["id"] = told.id;
    if (told.snapshot) payload["snapshot"] = true;
    if (!told.expires_at.empty()) payload["expires_at"] = told.expires_at;
    if (told.limited_to) payload["limited_to"] = json::array(told.limited_to->begin(), told.limited_to->end());
    return json::serialize(json::object{{"seq_id", seq_id}, {"type", "access"}, {"payload", payload}});
}

class AccessOfStream : public StreamTest {
  protected:
    void configure(MachineOptions& options) override {
        options.credential = credential = std::make_shared<Credential>(token, source);
        const auto before = options.on_status;
        options.on_status = [this, before](const Status& status) {
            before(status);
            statuses.push_back(status);
        };
    }
    /// From now on tokens come from `fresh`.
    void with_source() {
        source = [this] {
            ++asked;
            return fresh;
        };
    }
    /// Of the one message that was sent, which is an auth with that token.
    std::int64_t id_of_auth(const std::string& with) {
        const auto all = sent();
        EXPECT_EQ(all.size(), 1U);
        if (all.empty()) return 0;
        const json::value message = json::parse(all.front());
        EXPECT_EQ(message.at("type").as_string(), "auth");
        EXPECT_EQ(message.at("payload").at("token").as_string(), with);
        return message.at("id").as_int64();
    }

    std::string token = "one";
    std::string fresh = "one";
    std::function<std::string()> source;
    int asked = 0;
    std::shared_ptr<Credential> credential;
    std::vector<Status> statuses;
    Heard heard;
};

TEST_F(AccessOfStream, NoUpdateComesBeforeTheState) {
    watch(app, heard);
    live(5, {put("app/a", "1", 3), put("app/b", "2", 5)});
    say(access(0, "changed", {.snapshot = true, .limited_to = {{"app/a"}}}));
    EXPECT_TRUE(refuses(update(6, {put("app/a", "3", 6)}))) << "the state comes first";
}

TEST_F(AccessOfStream, TheStateFollowsAndReplaces) {
    watch(app, heard);
    live(5, {put("app/a", "1", 3), put("app/b", "2", 5)});
    say(access(0, "changed", {.snapshot = true, .limited_to = {{"app/a", "app/c"}}}));
    say(page(7, {put("app/a", "1", 3), put("app/c", "4", 2)}));
    EXPECT_EQ(heard, (Heard{"initial@5 app/a=1#3 app/b=2#5", "snapshot@7 -app/b#7 app/c=4#2"}));
    EXPECT_EQ(machine().status().limited_to, (LimitedTo{{"app/a", "app/c"}}));
    EXPECT_EQ(machine().status().state, StreamState::live);
    say(access(0, "changed", {.snapshot = true}));
    say(page(8, {put("app/a", "1", 3), put("app/b", "2", 5), put("app/c", "4", 2)}));
    EXPECT_EQ(heard.back(), "snapshot@8 app/b=2#5");
    EXPECT_EQ(machine().status().limited_to, std::nullopt);
}

TEST_F(AccessOfStream, PagesThatAreUnderWayAreDropped) {
    watch(app, heard);
    begin();
    say(welcome(0, "none", "fresh"));
    say(page(0, {put("app/secret", "1", 3)}, true));
    say(access(0, "changed", {.snapshot = true}));
    say(page(0, {put("app/a", "1", 3)}, true));
    say(page(6, {put("app/b", "1", 4)}));
    EXPECT_EQ(heard, Heard{"initial@6 app/a=1#3 app/b=1#4"});
}

TEST_F(AccessOfStream, TheStateIsOfAllFiltersAlsoOfThoseJustAdded) {
    Heard other;
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    watch({.keys = {"x"}}, other);
    sent();
    say(in_force("subscribed", 0, {.keys = {"x"}, .prefixes = {"app/"}}));
    say(access(0, "changed", {.snapshot = true}));
    say(page(6, {put("x", "1", 2)}));
    EXPECT_EQ(heard.back(), "snapshot@6 -app/a#6");
    EXPECT_EQ(other, Heard{"initial@6 x=1#2"});
}

TEST_F(AccessOfStream, AfterHalfOfItThereIsNoPosition) {
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    say(access(0, "changed", {.snapshot = true}));
    lose();
    EXPECT_FALSE(begin().since);
}

TEST_F(AccessOfStream, RightsThatShowTheSameKeepThePosition) {
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    say(access(5, "changed"));
    say(update(6, {put("app/a", "2", 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=2#6");
    lose();
    EXPECT_EQ(begin().since->revision, 6);
}

TEST_F(AccessOfStream, AResumeUnderOtherRightsIsADifference) {
    watch(app, heard);
    live(5, {put("app/a", "1", 3), put("app/b", "1", 4)});
    lose();
    begin();
    say(welcome(0, "snapshot", "rights_changed"));
    say(page(9, {put("app/b", "1", 4)}));
    EXPECT_EQ(heard.back(), "snapshot@9 -app/a#9");
}

TEST_F(AccessOfStream, BeforeTheWelcomeIsAViolation) {
    watch(app, heard);
    begin();
    EXPECT_TRUE(refuses(access(0, "changed")));
}

TEST_F(AccessOfStream, AnEndThatIsNearIsSaidAndNothingElseHappens) {
    watch(app, heard);
    live(5, {});
    say(access(5, "expiring", {.expires_at = "2026-11-23T10:00:00Z"}));
    EXPECT_EQ(statuses.back().expires_at, "2026-11-23T10:00:00Z");
    EXPECT_EQ(statuses.back().state, StreamState::live);
    EXPECT_TRUE(sent().empty());
    say(update(6, {put("app/a", "1", 6)}));
    EXPECT_FALSE(closed(4001, "token expired").again);
    EXPECT_EQ(machine().status().state, StreamState::failed);
    EXPECT_EQ(machine().status().failure->close_code, 4001);
    EXPECT_NE(machine().status().failure->message.find("token expired"), std::string::npos);
}

TEST_F(AccessOfStream, ASourceRenewsItInPlace) {
    with_source();
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    EXPECT_EQ(asked, 1) << "at the connection";
    fresh = "two";
    say(access(5, "expiring", {.expires_at = "soon"}));
    EXPECT_EQ(asked, 2);
    const auto id = id_of_auth("two");
    say(access(5, "renewed", {.id = id}));
    EXPECT_EQ(machine().status().expires_at, std::nullopt);
    lose();
    EXPECT_EQ(begin().since->revision, 5) << "the position was seen with this token";
}

TEST_F(AccessOfStream, ARenewalWithoutAnAnswerTakesThePosition) {
    with_source();
    watch(app, heard);
    live(5, {});
    fresh = "two";
    say(access(5, "expiring", {.expires_at = "soon"}));
    lose();
    EXPECT_FALSE(begin().since) << "the position was seen with the token before";
}

TEST_F(AccessOfStream, ARenewalThatIsRefusedLeavesTheStream) {
    with_source();
    watch(app, heard);
    live(5, {});
    fresh = "two";
    say(access(5, "expiring", {.expires_at = "soon"}));
    say(refusal(5, id_of_auth("two"), 40101));
    EXPECT_EQ(machine().status().failure->code, 40101);
    say(update(6, {put("app/a", "1", 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=1#6");
}

TEST_F(AccessOfStream, ASourceWithNothingNewSendsNothing) {
    with_source();
    watch(app, heard);
    live(5, {});
    say(access(5, "expiring", {.expires_at = "soon"}));
    EXPECT_TRUE(sent().empty());
    fresh = "";
    say(access(5, "expiring", {.expires_at = "soon"}));
    EXPECT_TRUE(sent().empty());
}

TEST_F(AccessOfStream, ASourceThatThrowsLeavesTheToken) {
    source = []() -> std::string { throw std::runtime_error("no token"); };
    watch(app, heard);
    live(5, {});
    EXPECT_EQ(credential->token(), "one");
}

TEST_F(AccessOfStream, AnotherTokenComesBackWithoutAPosition) {
    with_source();
    watch(app, heard);
    live(5, {put("app/a", "1", 3)});
    lose();
    EXPECT_EQ(begin().since->revision, 5) << "the same token";
    fresh = "two";
    lose();
    EXPECT_FALSE(begin().since);
    say(welcome(0, "none", "fresh"));
    say(page(6, {}));
    EXPECT_EQ(heard.back(), "snapshot@6 -app/a#6");
}

TEST_F(AccessOfStream, ATokenOfTheUsersOwnIsToldTheServer) {
    watch(app, heard);
    live(5, {});
    credential->set("mine");
    machine().authenticate();
    machine().authenticate();
    const auto id = id_of_auth("mine");
    say(access(5, "renewed", {.id = id}));
    machine().authenticate();
    EXPECT_TRUE(sent().empty());
}

TEST_F(AccessOfStream, ATokenThatCameWhileItConnectedIsToldAfterTheWelcome) {
    watch(app, heard);
    begin();
    credential->set("mine");
    machine().authenticate();
    EXPECT_TRUE(sent().empty());
    say(welcome(0, "none", "fresh"));
    id_of_auth("mine");
}

TEST_F(AccessOfStream, AnExpiredTokenIsFollowedByAFreshOne) {
    with_source();
    watch(app, heard);
    live(5, {});
    fresh = "two";
    EXPECT_TRUE(closed(4001, "token expired").again);
    const int before = asked;
    EXPECT_FALSE(begin().since);
    EXPECT_EQ(asked, before) << "what it gave has not been used";
    EXPECT_EQ(credential->token(), "two");
}

TEST_F(AccessOfStream, ARefusedTokenIsFollowedByOneFreshOneOnly) {
    with_source();
    watch(app, heard);
    begin();
    fresh = "two";
    EXPECT_TRUE(refused(401, 40101).again);
    begin();
    fresh = "three";
    EXPECT_FALSE(refused(401, 40101).again) << "it is not asked for ever";
    EXPECT_EQ(machine().status().state, StreamState::failed);
    live(5, {});
    fresh = "four";
    EXPECT_TRUE(closed(4001).again) << "a stream was live in between";
}

TEST_F(AccessOfStream, ARevokedOneIsFinalWhateverTheSourceHas) {
    with_source();
    watch(app, heard);
    live(5, {});
    fresh = "two";
    EXPECT_FALSE(closed(1008, "the credential is no longer good").again);
    EXPECT_EQ(machine().status().failure->close_code, 1008);
}

TEST_F(AccessOfStream, AFileSaysNotWithWhichTokenItWasSeen) {
    watch(app, heard);
    Saved saved{FilterSet::of(app), {std::string(epoch_a), 5}, {}};
    machine().offer(saved);
    begin();
    lose();
    EXPECT_EQ(heard, Heard{"initial@5"});
    EXPECT_FALSE(begin().since);
}

TEST_F(AccessOfStream, ItIsToldToWhatItIsLimited) {
    watch(app, heard);
    begin();
    json::value first = json::parse(welcome(0, "none", "fresh"));
    first.at("payload").as_object()["limited_to"] = json::array{"app/x/**"};
    say(json::serialize(first));
    EXPECT_EQ(machine().status().limited_to, (LimitedTo{{"app/x/**"}}));
    say(page(5, {}));
    Heard other;
    watch({.keys = {"x"}}, other);
    json::value more = json::parse(in_force("subscribed", 0, {.keys = {"x"}, .prefixes = {"app/"}}));
    more.at("payload").as_object()["limited_to"] = json::array{};
    say(json::serialize(more));
    EXPECT_EQ(machine().status().limited_to, LimitedTo{std::in_place}) << "nothing at all may be read";
}

}  // namespace
}  // namespace confcast::client::test
