// A client of the real server whose token is narrowed, widened, renewed, revoked or ends while others write: what it
// holds is what that token reads.
#include <array>

#include "client_fixture.hpp"
#include "confcast/auth/credentials_file.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::client::test {
namespace {

namespace json = boost::json;
using Allowed = std::vector<std::string>;

struct Granted {
    std::string id;
    std::string text;
};

class Access : public ClientTest {
  protected:
    Access() {
        auto made = auth::make_token("admin", auth::Permissions::all(), {}, std::chrono::system_clock::now());
        const auto file = directory.path() / "credentials.json";
        if (!auth::add_token(file, made.token)) throw std::runtime_error("no credentials");
        Options options;
        server.emplace(ServerSetup{.flags = {"--credentials", file.string()}});
        options = to(*server);
        options.token = made.text;
        admin.emplace(io, options);
    }
    json::object ask(std::string method, std::string target, const json::object& body = {}) {
        RawRequest request;
        request.method = std::move(method);
        request.target = std::move(target);
        if (!body.empty()) {
            request.headers = {{"Content-Type", "application/json"}};
            request.body = json::serialize(body);
        }
        const auto answer = await(admin->raw(std::move(request))).value();
        EXPECT_EQ(answer.status / 100, 2U) << answer.body;
        return json::parse(answer.body).at("data").as_object();
    }
    Granted grant(const Allowed& allowed, std::optional<int> seconds = {}) {
        json::object body{{"name", "test"}, {"permissions", json::array(allowed.begin(), allowed.end())}};
        if (seconds) body["expires_in"] = *seconds;
        const json::object made = ask("POST", "/api/v1/tokens", body);
        return {std::string(made.at("id").as_string()), std::string(made.at("token").as_string())};
    }
    void change(const Granted& token, const Allowed& allowed) {
        ask("PUT", "/api/v1/tokens/" + token.id, {{"permissions", json::array(allowed.begin(), allowed.end())}});
    }
    void revoke(const Granted& token) { ask("DELETE", "/api/v1/tokens/" + token.id); }
    void put(const std::string& key, const std::string& value) { ASSERT_TRUE(await(admin->put(key, value))); }
    /// Every key once more.
    void write_all(const std::string& value) {
        for (const char* key : keys) put(key, value);
    }
    Options quick(const std::string& token) {
        Options options = to(*server);
        options.backoff_max = milliseconds{200};
        options.token = token;
        options.on_status = [this](const Status& status) { statuses.push_back(status); };
        return options;
    }
    /// key=value#revision, as a list with that token shows it.
    std::string shown_to(const std::string& token) {
        Options options = to(*server);
        options.token = token;
        Client client(io, options);
        std::map<std::string, Entry> state;
        for (const Entry& entry : await(client.list("")).value().entries) state[entry.key] = entry;
        return text_of(state);
    }
    static std::string text_of(const std::map<std::string, Entry>& state) {
        std::string text;
        for (const auto& [key, entry] : state)
            text += key + '=' + entry.value + '#' + std::to_string(entry.mod_revision) + ' ';
        return text;
    }
    bool comes_to(const Follower& follower, const std::string& token) {
        const std::string expected = shown_to(token);
        return until([&] { return text_of(follower.state) == expected; });
    }

    static constexpr std::array keys{"app/a", "app/b", "db/a", "db/b", "web/a"};
    confcast::test::TemporaryDirectory directory;
    std::optional<Server> server;
    std::optional<Client> admin;
    std::vector<Status> statuses;
};

TEST_F(Access, NarrowedAndWidenedUnderWritesTheCopyIsWhatTheTokenReads) {
    const Granted token = grant({"read:app/**", "read:db/**"});
    write_all("first");
    Client client(io, quick(token.text));
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(comes_to(follower, token.text));
    EXPECT_EQ(client.status().limited_to, (std::optional<Allowed>{{"app/**", "db/**"}}));
    const std::array<Allowed, 5> rights{Allowed{"read:app/**"}, Allowed{"read:web/**", "read:db/*"}, Allowed{"read:**"},
                                        Allowed{"write:**"}, Allowed{"read:db/a"}};
    for (std::size_t i = 0; i < rights.size(); ++i) {
        put("app/a", "before " + std::to_string(i));
        change(token, rights[i]);
        write_all("after " + std::to_string(i));
        ASSERT_TRUE(comes_to(follower, token.text)) << i << ": " << text_of(follower.state);
    }
    EXPECT_EQ(client.status().limited_to, (std::optional<Allowed>{{"db/a"}}));
    EXPECT_EQ(client.status().state, StreamState::live);
    const auto ended = [](const Status& status) { return status.state == StreamState::failed; };
    EXPECT_TRUE(std::ranges::none_of(statuses, ended));
}

TEST_F(Access, ARevokedOneEndsForGood) {
    const Granted token = grant({"read:**"});
    Client client(io, quick(token.text));
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    revoke(token);
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::failed; }));
    EXPECT_EQ(client.status().failure->close_code, 1008);
    EXPECT_FALSE(client.status().retry_in);
}

TEST_F(Access, ATokenThatEndsIsAnnouncedAndRenewedInPlace) {
    write_all("first");
    const Granted first = grant({"read:app/**"}, 30);  // within a minute of its end at once
    const Granted second = grant({"read:app/**", "read:web/**"});
    Options options = quick("");
    int asked = 0;
    options.token_source = [&] { return ++asked == 1 ? first.text : second.text; };
    Client client(io, options);
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.state.contains("web/a"); }));
    write_all("second");
    ASSERT_TRUE(comes_to(follower, second.text));
    const auto session = client.status().session;
    EXPECT_TRUE(std::ranges::all_of(statuses, [&](const Status& s) {
        return s.session.empty() || s.session == session;
    })) << "the stream was never another one";
    EXPECT_TRUE(std::ranges::any_of(statuses, [](const Status& s) { return s.expires_at.has_value(); }));
    EXPECT_EQ(client.status().expires_at, std::nullopt);
}

TEST_F(Access, ATokenThatEndsWithoutAnotherIsFinal) {
    const Granted token = grant({"read:**"}, 2);
    Client client(io, quick(token.text));
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::failed; }));
    EXPECT_EQ(client.status().failure->close_code, 4001);
    EXPECT_NE(client.status().failure->message.find("expired"), std::string::npos);
}

TEST_F(Access, ATokenThatHasEndedIsFollowedByTheNext) {
    write_all("first");
    const Granted first = grant({"read:app/**", "read:db/**"}, 2);
    const Granted second = grant({"read:db/**"});
    Options options = quick(first.text);
    bool ended = false;
    options.token_source = [&] { return ended ? second.text : first.text; };
    options.on_status = [&](const Status& status) { ended = ended || status.expires_at.has_value(); };
    Client client(io, options);
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return ended; }));
    write_all("second");
    ASSERT_TRUE(comes_to(follower, second.text)) << text_of(follower.state);
    EXPECT_TRUE(await(client.get("db/a"))) << "calls have it too";
}

TEST_F(Access, AnIdempotencyKeyMakesOneWriteOfTwo) {
    const auto once = await(admin->put("app/a", "1", {.idempotency_key = "one"})).value();
    const auto twice = await(admin->put("app/a", "1", {.idempotency_key = "one"})).value();
    EXPECT_FALSE(once.duplicate);
    EXPECT_TRUE(twice.duplicate);
    EXPECT_EQ(once.mod_revision, twice.mod_revision);
    const Txn txn{.puts = {{"app/b", "1"}}};
    const auto first = await(admin->txn(txn, {.idempotency_key = "two"})).value();
    const auto again = await(admin->txn(txn, {.idempotency_key = "two"})).value();
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(first.revision, again.revision);
    EXPECT_FALSE(await(admin->remove("app/b", {.idempotency_key = "three"})).value().duplicate);
    EXPECT_TRUE(await(admin->remove("app/b", {.idempotency_key = "three"})).value().duplicate);
}

TEST_F(Access, ANotificationIsToldOnce) {
    const auto told = await(admin->notify("orders/new", "7f9c", R"({"order":42})")).value();
    EXPECT_FALSE(told.duplicate);
    const auto again = await(admin->notify("orders/new", "7f9c", R"({"order":42})")).value();
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.revision, told.revision);
    EXPECT_EQ(await(admin->notify("orders/new", "8", "{")).error().kind, FailureKind::invalid);
}

}  // namespace
}  // namespace confcast::client::test
