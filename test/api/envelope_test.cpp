#include "envelope.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace confcast::api {
namespace {

namespace json = boost::json;

http::Response render(const Error& error, http::Language language = http::Language::en) {
    http::Request request;
    http::Context context(request);
    context.language = language;
    return render_error(context, error);
}

TEST(Envelope, SuccessIsThreeMembersAroundTheData) {
    EXPECT_EQ(success_text(R"({"a":1})"), R"({"code":200,"message":"ok","data":{"a":1}})");
    EXPECT_EQ(success_text("null"), R"({"code":200,"message":"ok","data":null})");
}

TEST(Envelope, FailureCarriesCodeSentenceAndParticulars) {
    const http::Response response = render(Error(Errc::value_too_large).with("limit", 10).with("size", 11));
    EXPECT_EQ(response.status, 413U);
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    EXPECT_EQ(
        response.body_view(),
        R"({"code":41301,"message":"The value is too large: 11 bytes, the limit is 10. Make it smaller or split it.","data":{"limit":10,"size":11}})");
}

TEST(Envelope, DataIsNullWithoutParticulars) {
    const json::object body = json::parse(std::string(render(Errc::internal).body_view())).as_object();
    EXPECT_TRUE(body.at("data").is_null());
    EXPECT_EQ(body.size(), 3U);
}

TEST(Envelope, EveryCodeRendersAsAnEnvelopeWithItsStatus) {
    for (const Errc code : all_errcs()) {
        for (const http::Language language : {http::Language::en, http::Language::zh}) {
            const http::Response response = render(Error(code).with("name", "x").with("key", "k\"\n\xff"), language);
            EXPECT_EQ(response.status, http_status(code));
            const json::object body = json::parse(std::string(response.body_view())).as_object();
            EXPECT_EQ(body.size(), 3U);
            EXPECT_EQ(body.at("code").as_int64(), static_cast<std::int64_t>(code));
            EXPECT_FALSE(body.at("message").as_string().empty());
            EXPECT_EQ(body.at("data").as_object().at("key").as_string(), "k\"\\x0A\\xFF");
        }
    }
}

TEST(Envelope, WhatPassesSaysWhenToComeBack) {
    for (const Errc code : all_errcs())
        EXPECT_EQ(render(code).header("Retry-After").has_value(), http_status(code) == 503 || http_status(code) == 429)
            << name_of(code);
    EXPECT_EQ(render(Error(Errc::too_many_requests).with("retry_after", 7)).header("Retry-After"), "7");
}

TEST(Envelope, MarkupThatAClientSentIsNotSentBackAsMarkup) {
    const std::string body(render(Error(Errc::invalid_key).with("key", "<script>alert(1)&</script>")).body_view());
    EXPECT_EQ(body.find_first_of("<>&"), std::string::npos) << body;
    EXPECT_EQ(json::parse(body).at_pointer("/data/key").as_string(), "<script>alert(1)&</script>");
}

TEST(Envelope, UpgradeRequiredSaysToWhat) {
    EXPECT_EQ(render(Errc::upgrade_required).header("Upgrade"), "websocket");
    EXPECT_EQ(render(Errc::upgrade_required).header("Sec-WebSocket-Version"), "13");
}

TEST(Envelope, AParticularOfAnySizeStaysBounded) {
    const http::Response response = render(Error(Errc::invalid_parameter).with("rule", std::string(100'000, 'x')));
    EXPECT_LT(response.body_view().size(), 3'000U);
}

}  // namespace
}  // namespace confcast::api
