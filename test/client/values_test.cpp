// The plain parts: addresses, requests, answers, bytes, filters.
#include <gtest/gtest.h>

#include "answers.hpp"
#include "bytes.hpp"
#include "confcast/client/client.hpp"
#include "endpoint.hpp"
#include "requests.hpp"

namespace confcast::client::test {
namespace {

std::string parsed(std::string_view text) {
    const auto endpoint = parse_endpoint(text);
    return endpoint ? endpoint->to_string() : "refused";
}

TEST(Endpoint, IsAHostAndAPort) {
    EXPECT_EQ(parsed("127.0.0.1:80"), "127.0.0.1:80");
    EXPECT_EQ(parsed("http://config.example:9000/"), "config.example:9000");
    EXPECT_EQ(parsed("config"), "config:8080");
    EXPECT_EQ(parsed("ws://[::1]:9"), "[::1]:9");
    EXPECT_EQ(parsed("[::1]"), "[::1]:8080");
    for (const char* bad : {"", "http://", ":80", "a:0", "a:65536", "a:b", "a:1x", "a:", "::1", "[::1", "[::1]x", "a/b",
                            "a b", "user@host", "http://http://a", "a:1:2", "a?x"})
        EXPECT_EQ(parsed(bad), "refused") << bad;
}

TEST(Endpoint, SpeaksTlsWhenItSaysSo) {
    for (const char* secure : {"https://config:443", "wss://config:443/"}) {
        EXPECT_EQ(parsed(secure), "config:443");
        EXPECT_TRUE(parse_endpoint(secure)->tls) << secure;
    }
    EXPECT_EQ(parsed("https://config"), "config:8080") << "the server's usual port, with TLS too";
    for (const char* plain : {"config:443", "http://config", "ws://config"})
        EXPECT_FALSE(parse_endpoint(plain)->tls) << plain;
    EXPECT_EQ(parsed("https://http://a"), "refused");
}

TEST(Endpoints, TheOneThatWorksIsKept) {
    Endpoints all({{"a", "1"}, {"b", "1"}, {"c", "1"}});
    EXPECT_EQ(all.current(), 0U);
    all.pass_over(0);
    all.pass_over(0);  // two found out at the same time
    EXPECT_EQ(all.current(), 1U);
    all.pass_over(1);
    all.pass_over(2);
    EXPECT_EQ(all.current(), 0U);
}

TEST(Options, ThatMakeNoSenseAreRefusedAtOnce) {
    asio::io_context io;
    EXPECT_THROW(Client(io, {.servers = {}}), std::invalid_argument);
    EXPECT_NO_THROW(Client(io, {.servers = {"a"}}));
    EXPECT_NO_THROW(Client(io, {.servers = {"https://a"}}));
    EXPECT_THROW(Client(io, {.servers = {"https://a"}, .tls_ca_file = "/nowhere.pem"}), std::invalid_argument);
    EXPECT_THROW(Client(io, {.servers = {"https://a"}, .tls_key_file = "/nowhere.key"}), std::invalid_argument);
    EXPECT_NO_THROW(Client(io, {.servers = {"a"}, .tls_ca_file = "/nowhere.pem"})) << "no server asks for it";
}

TEST(Requests, KeysAreEncodedAndKeepTheirSlashes) {
    EXPECT_EQ(get_request("app/a b%/ü", {}).target, "/api/v1/config/app/a%20b%25/%C3%BC");
    EXPECT_EQ(get_request("k", {.min_revision = 3, .linearizable = true, .meta_only = true}).target,
              "/api/v1/config/k?min_revision=3&consistency=linearizable&fields=meta");
    EXPECT_EQ(list_request("a&b", "c=", {.page = 7}).target, "/api/v1/config?prefix=a%26b&limit=7&cursor=c%3D");
}

TEST(Requests, ConditionsAreHeaders) {
    using Headers = std::vector<std::pair<std::string, std::string>>;
    const Headers json{{"Content-Type", "application/json"}};
    EXPECT_EQ(put_request("k", "v", {}).headers, json);
    EXPECT_EQ(put_request("k", "v", {.if_revision = 5}).headers.front(), (Headers::value_type{"If-Match", "\"5\""}));
    for (const auto& options : {PutOptions{.if_revision = 0}, PutOptions{.create_only = true}})
        EXPECT_EQ(put_request("k", "v", options).headers.front(), (Headers::value_type{"If-None-Match", "*"}));
    EXPECT_EQ(remove_request("k", {.if_revision = 5}).headers, (Headers{{"If-Match", "\"5\""}}));
}

TEST(Requests, ValuesAreTextWhereTheyCanBe) {
    EXPECT_EQ(put_request("k", "v", {.content_type = "a/b", .ttl = std::chrono::seconds{9}, .message = "m"}).body,
              R"({"value":"v","content_type":"a/b","ttl":9,"message":"m"})");
    EXPECT_EQ(put_request("k", "\xff", {}).body, R"({"value":"/w==","encoding":"base64"})");
    EXPECT_EQ(put_request("k", "\x01\x02\x03", {}).body, R"({"value":"AQID","encoding":"base64"})") << "shorter so";
}

TEST(Requests, AStreamNamesItsFiltersAndItsPosition) {
    Options options;
    options.client_id = "me";
    options.labels = {{"zone", "eu"}};
    const Opening opening{FilterSet::exactly({.keys = {"a b"}, .prefixes = {"", "p/"}, .globs = {"*"}}),
                          Position{"00c0ffee00c0ffee", 9}};
    EXPECT_EQ(
        watch_target(opening, options),
        "/api/v1/watch?client_id=me&label=zone%3Aeu&key=a%20b&prefix=&prefix=p/&glob=%2A&since=00c0ffee00c0ffee%3A9");
}

RawResponse answer(unsigned status, std::string body) {
    RawResponse response;
    response.status = status;
    response.body = std::move(body);
    response.request_id = "r";
    response.server = "s:1";
    return response;
}

TEST(Answers, AFailureKeepsAllThatItWasTold) {
    RawResponse response =
        answer(412, R"({"code":41201,"message":"no","data":{"mod_revision":7,"key":"k","more":{"x":[1]}}})");
    response.headers.emplace_back("retry-after", "3");
    const Failure failure = failure_in(response);
    EXPECT_EQ(failure.kind, FailureKind::answered);
    EXPECT_EQ(failure, Errc::precondition_failed);
    EXPECT_EQ(failure.status, 412U);
    EXPECT_EQ(failure.number("mod_revision"), 7);
    EXPECT_EQ(failure.detail("key"), "k");
    EXPECT_EQ(failure.detail("more"), R"({"x":[1]})");
    EXPECT_EQ(failure.detail("none"), "");
    EXPECT_EQ(failure.retry_after, std::chrono::seconds{3});
    EXPECT_EQ(failure.to_string(), "no (code 41201, request r, s:1)");
}

TEST(Answers, ACodeThatIsNotKnownHereIsKept) {
    EXPECT_EQ(failure_in(answer(418, R"({"code":41899,"message":"x","data":null})")).code, 41899);
}

TEST(Answers, WhatIsNoEnvelopeIsItsStatus) {
    for (const char* body : {"", "<html>", "[]", R"({"code":"x"})", R"({"code":200,"message":"ok","data":null})"}) {
        const Failure failure = failure_in(answer(502, body));
        EXPECT_EQ(failure.code, 0) << body;
        EXPECT_EQ(failure.status, 502U);
        EXPECT_FALSE(failure.message.empty());
    }
}

TEST(Answers, ASuccessThatMakesNoSenseIsABadAnswer) {
    for (const char* body : {"", "{}", R"({"code":200,"message":"ok","data":null})",
                             R"({"code":200,"message":"ok","data":{"key":"k"}})"}) {
        EXPECT_EQ(found_in(answer(200, body)).error().kind, FailureKind::bad_answer) << body;
        EXPECT_EQ(page_in(answer(200, body)).error().kind, FailureKind::bad_answer) << body;
        EXPECT_EQ(written_in(answer(200, body)).error().kind, FailureKind::bad_answer) << body;
        EXPECT_EQ(txn_done_in(answer(200, body)).error().kind, FailureKind::bad_answer) << body;
    }
}

TEST(Failures, SayWhetherAWriteMayHaveHappened) {
    Failure failure;
    failure.kind = FailureKind::timed_out;
    EXPECT_FALSE(failure.outcome_unknown());
    failure.sent = true;
    EXPECT_TRUE(failure.outcome_unknown());
    failure.kind = FailureKind::answered;
    EXPECT_FALSE(failure.outcome_unknown());
    failure.code = static_cast<std::int32_t>(Errc::outcome_unknown);
    EXPECT_TRUE(failure.outcome_unknown());
}

TEST(Failures, AreThrownByValue) {
    const Result<int> result = failure_in(answer(404, R"({"code":40401,"message":"not there","data":null})"));
    try {
        (void)result.value();
        FAIL() << "it did not throw";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string_view(error.what()).find("not there"), std::string_view::npos);
    }
}

TEST(Bytes, GoThroughBase64AndBack) {
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
        EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    }
    for (const char* bad : {"a", "ab", "abc", "ab*d", "====", "a==="}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(Bytes, HaveASha256) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

std::string header_of(const RawRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return "";
}

TEST(Requests, NameAWriteThatMayBeSentAgain) {
    EXPECT_EQ(header_of(put_request("k", "v", {.idempotency_key = "a"}), "Idempotency-Key"), "a");
    EXPECT_EQ(header_of(remove_request("k", {.idempotency_key = "b"}), "Idempotency-Key"), "b");
    EXPECT_EQ(header_of(txn_request({}, {.idempotency_key = "c"}), "Idempotency-Key"), "c");
    EXPECT_EQ(header_of(put_request("k", "v", {}), "Idempotency-Key"), "");
}

TEST(Requests, ANotificationsPayloadIsSentAsItIsWritten) {
    const auto request = notify_request("t", "e\"", "1.00", {.timestamp = "2026-11-23T08:00:00Z"});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->body, R"({"event_id":"e\"","timestamp":"2026-11-23T08:00:00Z","topic":"t","payload":1.00})");
    EXPECT_EQ(notify_request("t", "e", "{", {}).error().kind, FailureKind::invalid);
    EXPECT_EQ(notify_request("t", "e", "1},{", {}).error().kind, FailureKind::invalid);
}

}  // namespace
}  // namespace confcast::client::test
