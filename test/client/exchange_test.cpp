// Calls to servers that do not answer, answer nonsense, or send the caller on.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "confcast/client/client.hpp"
#include "loop.hpp"
#include "scripted_server.hpp"

namespace confcast::client::test {
namespace {

const std::string written = R"({"code":200,"message":"ok","data":{"key":"k","mod_revision":2,"version":1}})";
const std::string entry = R"({"code":200,"message":"ok","data":{"key":"k","value":"v","mod_revision":2,"version":1}})";
const std::string leaving = R"({"code":50303,"message":"the server is leaving","data":null})";
const std::string no_store = R"({"code":50301,"message":"the store is away","data":null})";

class Exchange : public LoopTest {
  protected:
    static Options to(const std::vector<std::string>& servers) {
        Options options;
        options.servers = servers;
        options.timeout = milliseconds{5'000};
        return options;
    }
    /// An address where nobody listens.
    std::string nobody() {
        ScriptedServer server(io, "");
        return server.address();
    }
};

TEST_F(Exchange, NobodyThereIsUnreachableAndNothingWasSent) {
    Client client(io, to({nobody()}));
    const auto found = await(client.get("k"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, FailureKind::unreachable);
    EXPECT_FALSE(found.error().sent);
    EXPECT_FALSE(found.error().outcome_unknown());
    EXPECT_EQ(await(client.put("k", "v")).error().kind, FailureKind::unreachable);
}

TEST_F(Exchange, ASilentServerEndsWithTheTimeLimit) {
    ScriptedServer server(io, "");
    Client client(io, to({server.address()}));
    const auto put = await(client.put("k", "v", {{.timeout = milliseconds{50}}}));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().kind, FailureKind::timed_out);
    EXPECT_TRUE(put.error().outcome_unknown()) << "it may have been written";
    EXPECT_EQ(await(client.get("k", {{.timeout = milliseconds{50}}})).error().kind, FailureKind::timed_out);
}

TEST_F(Exchange, ABodyOfAnyLengthIsGivenAwayPieceByPiece) {
    const std::string body(300'000, 'x');
    ScriptedServer server(io, ScriptedServer::http(200, body));
    Options options = to({server.address()});
    options.max_body = 1000;
    Client client(io, options);
    std::string got;
    RawRequest request;
    request.target = "/";
    request.sink = [&got](std::string_view piece) { got += piece; };
    const auto answer = await(client.raw(request));
    ASSERT_TRUE(answer);
    EXPECT_EQ(got, body);
    EXPECT_EQ(answer->body, "");
    request.sink = {};
    EXPECT_EQ(await(client.raw(request)).error().kind, FailureKind::bad_answer) << "else the limit holds";
}

TEST_F(Exchange, ABodyThatIsCutIsLostAndNotAskedForTwice) {
    ScriptedServer first(io, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\nzz");
    ScriptedServer second(io, ScriptedServer::http(200, "whole"));
    Client client(io, to({first.address(), second.address()}));
    std::string got;
    RawRequest request;
    request.target = "/";
    request.sink = [&got](std::string_view piece) { got += piece; };
    const auto answer = await(client.raw(request));
    ASSERT_FALSE(answer);
    EXPECT_EQ(got, "abc");
    EXPECT_TRUE(second.requests().empty());
}

TEST_F(Exchange, ARefusalIsNotWhatTheSinkIsFor) {
    ScriptedServer server(io, ScriptedServer::http(403, leaving));
    Client client(io, to({server.address()}));
    RawRequest request;
    request.target = "/";
    request.sink = [](std::string_view) { FAIL(); };
    const auto answer = await(client.raw(request));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, leaving);
}

TEST_F(Exchange, AReadGoesOnToTheNextServerAndStaysThere) {
    ScriptedServer first(io, "-");
    ScriptedServer second(io, ScriptedServer::http(200, entry));
    Client client(io, to({nobody(), first.address(), second.address()}));
    ASSERT_TRUE(await(client.get("k")));
    ASSERT_TRUE(await(client.get("k")));
    EXPECT_EQ(first.requests().size(), 1U);
    EXPECT_EQ(second.requests().size(), 2U);
    EXPECT_EQ(second.connections(), 1U) << "and the connection is kept";
}

TEST_F(Exchange, AWriteThatMayHaveHappenedIsNotSentTwice) {
    ScriptedServer first(io, "-");
    ScriptedServer second(io, ScriptedServer::http(200, written));
    Client client(io, to({first.address(), second.address()}));
    const auto put = await(client.put("k", "v"));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().kind, FailureKind::lost);
    EXPECT_TRUE(put.error().outcome_unknown());
    EXPECT_EQ(second.requests().size(), 0U);
    EXPECT_TRUE(await(client.put("k", "v"))) << "but the next one is asked for the next write";
}

TEST_F(Exchange, AWriteThatCannotHaveHappenedGoesToTheNextServer) {
    ScriptedServer first(io, ScriptedServer::http(503, leaving));
    ScriptedServer second(io, ScriptedServer::http(200, written));
    Client client(io, to({nobody(), first.address(), second.address()}));
    EXPECT_TRUE(await(client.put("k", "v")));
    EXPECT_EQ(first.requests().size(), 1U);
}

TEST_F(Exchange, AStoreThatIsAwayIsTheAnswerToAWrite) {
    ScriptedServer first(io, ScriptedServer::http(503, no_store));
    ScriptedServer second(io, ScriptedServer::http(200, written));
    Client client(io, to({first.address(), second.address()}));
    EXPECT_EQ(await(client.put("k", "v")).error(), Errc::store_unavailable);
    EXPECT_EQ(second.requests().size(), 0U);
}

TEST_F(Exchange, WhenAllServersSayNoTheLastNoIsTheAnswer) {
    ScriptedServer first(io, ScriptedServer::http(503, no_store));
    ScriptedServer second(io, ScriptedServer::http(503, leaving));
    Client client(io, to({first.address(), second.address()}));
    const auto found = await(client.get("k"));
    EXPECT_EQ(found.error(), Errc::shutting_down);
    EXPECT_EQ(found.error().server, second.address());
}

TEST_F(Exchange, NonsenseIsABadAnswer) {
    for (const std::string& nonsense : {std::string("hello\r\n\r\n"), std::string("HTTP/1.1 999999 x\r\n\r\n"),
                                        ScriptedServer::http(200, "<html>"), ScriptedServer::http(200, "{}")}) {
        ScriptedServer server(io, nonsense);
        Client client(io, to({server.address()}));
        EXPECT_EQ(await(client.get("k")).error().kind, FailureKind::bad_answer) << nonsense;
    }
}

TEST_F(Exchange, AnAnswerOverTheLimitIsABadAnswer) {
    ScriptedServer server(io, ScriptedServer::http(200, std::string(2'000, 'x')));
    Options options = to({server.address()});
    options.max_body = 1'000;
    Client client(io, options);
    EXPECT_EQ(await(client.get("k")).error().kind, FailureKind::bad_answer);
}

TEST_F(Exchange, WhoAsksIsSaidInTheHeaders) {
    ScriptedServer server(io, ScriptedServer::http(200, entry));
    Options options = to({"http://" + server.address()});
    options.token = "secret";
    options.user_agent = "cart/2";
    Client client(io, options);
    ASSERT_TRUE(await(client.get("k", {{.request_id = "my-id"}})));
    client.set_token("other");
    ASSERT_TRUE(await(client.get("k")));
    ASSERT_EQ(server.requests().size(), 2U);
    const std::string& head = server.requests()[0];
    for (const char* line : {"GET /api/v1/config/k HTTP/1.1\r\n", "\r\nUser-Agent: cart/2 confcast-client/",
                             "\r\nAuthorization: Bearer secret\r\n", "\r\nX-Request-Id: my-id\r\n"})
        EXPECT_NE(head.find(line), std::string::npos) << head;
    EXPECT_NE(head.find("\r\nHost: " + server.address() + "\r\n"), std::string::npos);
    EXPECT_NE(server.requests()[1].find("Bearer other"), std::string::npos);
}

TEST_F(Exchange, ACallThatIsCancelledEndsAtOnce) {
    ScriptedServer server(io, "");
    Client client(io, to({server.address()}));
    asio::cancellation_signal stop;
    std::optional<Result<Found>> result;
    asio::co_spawn(io, client.get("k"),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, Result<Found> found) {
                       EXPECT_EQ(error, nullptr);
                       result = std::move(found);
                   }));
    ASSERT_TRUE(until([&] { return server.requests().size() == 1; }));
    stop.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(until([&] { return result.has_value(); }));
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().kind, FailureKind::cancelled);
}

TEST_F(Exchange, CloseEndsWhatIsUnderWay) {
    ScriptedServer server(io, "");
    Client client(io, to({server.address()}));
    std::optional<Result<Found>> result;
    asio::co_spawn(io, client.get("k"), [&](std::exception_ptr, Result<Found> found) { result = std::move(found); });
    ASSERT_TRUE(until([&] { return server.requests().size() == 1; }));
    client.close();
    ASSERT_TRUE(until([&] { return result.has_value(); }));
    EXPECT_EQ(result->error().kind, FailureKind::cancelled);
    EXPECT_TRUE(result->error().sent);
    const auto after = await(client.get("k"));
    EXPECT_EQ(after.error().kind, FailureKind::cancelled);
    EXPECT_FALSE(after.error().sent);
    server.close();
    EXPECT_TRUE(drain());
}

TEST_F(Exchange, ANameIsLookedUp) {
    ScriptedServer server(io, ScriptedServer::http(200, entry));
    const std::string port = server.address().substr(server.address().find(':'));
    Client client(io, to({"localhost" + port}));
    EXPECT_TRUE(await(client.get("k")));
}

TEST_F(Exchange, AClientMayGoBeforeItsCallsHaveEnded) {
    ScriptedServer server(io, "");
    std::optional<Result<Found>> result;
    {
        Client client(io, to({server.address()}));
        asio::co_spawn(io, client.get("k"),
                       [&](std::exception_ptr, Result<Found> found) { result = std::move(found); });
        ASSERT_TRUE(until([&] { return server.requests().size() == 1; }));
    }
    ASSERT_TRUE(until([&] { return result.has_value(); }));
    EXPECT_EQ(result->error().kind, FailureKind::cancelled);
}

// ---- the stream

TEST_F(Exchange, AStreamThatIsRefusedSaysWhy) {
    ScriptedServer server(io,
                          ScriptedServer::http(403, R"({"code":40301,"message":"not for you","data":{"key":"k"}})"));
    Client client(io, to({server.address()}));
    const auto subscription = client.watch({}, [](const Change&) {}).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::failed; }));
    const Status status = client.status();
    EXPECT_EQ(status.failure->status, 403U);
    EXPECT_EQ(status.failure->code, 40301);
    EXPECT_EQ(status.failure->detail("key"), "k");
    EXPECT_EQ(server.requests().size(), 1U);
    client.set_token("better");
    ASSERT_TRUE(until([&] { return server.requests().size() == 2; }));
    EXPECT_NE(server.requests()[1].find("Bearer better"), std::string::npos);
}

TEST_F(Exchange, AStreamThatIsNeverOpenedIsGivenUpAndTriedAgain) {
    ScriptedServer server(io, "");
    Options options = to({server.address()});
    options.handshake_timeout = milliseconds{50};
    options.backoff_max = milliseconds{100};
    Client client(io, options);
    const auto subscription = client.watch({}, [](const Change&) {}).value();
    ASSERT_TRUE(until([&] { return server.requests().size() == 3; }));
    EXPECT_EQ(client.status().failure->kind, FailureKind::timed_out);
    EXPECT_EQ(client.status().state, StreamState::stale);
}

TEST_F(Exchange, CloseInTheMiddleOfAnOpeningLeavesNothingBehind) {
    ScriptedServer server(io, "");
    Client client(io, to({server.address()}));
    auto subscription = client.watch({}, [](const Change&) {}).value();
    ASSERT_TRUE(until([&] { return server.requests().size() == 1; }));
    client.close();
    server.close();
    EXPECT_TRUE(drain());
}

TEST_F(Exchange, ARefusedTokenIsAskedForOnceMoreWithAFreshOne) {
    ScriptedServer server(io, ScriptedServer::http(401, R"({"code":40101,"message":"who are you?","data":null})"));
    Options options = to({server.address()});
    int asked = 0;
    options.token_source = [&asked] { return "token-" + std::to_string(++asked); };
    Client client(io, options);
    EXPECT_EQ(await(client.put("k", "v")).error().status, 401U);
    ASSERT_EQ(server.requests().size(), 2U) << "once more, and not for ever";
    EXPECT_NE(server.requests()[0].find("Bearer token-1\r\n"), std::string::npos);
    EXPECT_NE(server.requests()[1].find("Bearer token-2\r\n"), std::string::npos);
}

TEST_F(Exchange, ARefusedTokenIsFinalWithoutAFreshOne) {
    ScriptedServer server(io, ScriptedServer::http(401, R"({"code":40101,"message":"who are you?","data":null})"));
    Options options = to({server.address()});
    options.token_source = [] { return std::string("the same"); };
    Client client(io, options);
    EXPECT_EQ(await(client.get("k")).error().code, 40101);
    EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace confcast::client::test
