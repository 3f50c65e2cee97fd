// Which offer an Accept header chooses (RFC 9110, 12.5.1).
#include "accept.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace confcast::api {
namespace {

constexpr std::array<std::string_view, 2> offers{"application/x-ndjson", "text/event-stream"};

std::string chosen(const std::vector<std::string>& headers) {
    http::Request request;
    request.headers.push_back({"Host", "a"});
    for (const std::string& header : headers) request.headers.push_back({"Accept", header});
    const auto best = best_accepted(request, offers);
    return best ? std::string(offers[*best]) : "none";
}

const std::string ndjson{offers[0]};
const std::string sse{offers[1]};

TEST(Accept, TheTypeThatIsNamedIsChosen) {
    EXPECT_EQ(chosen({"text/event-stream"}), sse);
    EXPECT_EQ(chosen({"application/x-ndjson"}), ndjson);
    EXPECT_EQ(chosen({"Text/Event-Stream"}), sse);
    EXPECT_EQ(chosen({"text/event-stream;charset=utf-8"}), sse);
    EXPECT_EQ(chosen({"text/html, text/event-stream"}), sse);
    EXPECT_EQ(chosen({" text/event-stream ,\t*/* "}), sse);
}

TEST(Accept, WhoTakesAnythingGetsTheFirstOffer) {
    EXPECT_EQ(chosen({"*/*"}), ndjson);
    EXPECT_EQ(chosen({"text/html, */*;q=0.8"}), ndjson);
}

TEST(Accept, ARangeOfSubtypesCounts) {
    EXPECT_EQ(chosen({"text/*"}), sse);
    EXPECT_EQ(chosen({"application/*"}), ndjson);
    EXPECT_EQ(chosen({"text/*, */*"}), sse) << "named more exactly";
}

TEST(Accept, TheHigherWeightWins) {
    EXPECT_EQ(chosen({"text/event-stream;q=0.5, application/x-ndjson"}), ndjson);
    EXPECT_EQ(chosen({"application/x-ndjson;q=0.5, text/event-stream;q=0.501"}), sse);
    EXPECT_EQ(chosen({"text/event-stream; q=0.3, */*"}), ndjson);
}

TEST(Accept, AmongEqualsTheFirstNamedWins) {
    EXPECT_EQ(chosen({"text/event-stream, application/x-ndjson"}), sse);
    EXPECT_EQ(chosen({"application/x-ndjson, text/event-stream"}), ndjson);
    EXPECT_EQ(chosen({"text/event-stream", "application/x-ndjson"}), sse) << "several headers are one list";
}

TEST(Accept, TheMostExactRangeDecidesForAnOffer) {
    EXPECT_EQ(chosen({"*/*, application/x-ndjson;q=0"}), sse);
    EXPECT_EQ(chosen({"text/*;q=0, text/event-stream"}), sse);
    EXPECT_EQ(chosen({"text/event-stream;q=0, text/*, application/*;q=0.1"}), ndjson);
}

TEST(Accept, NothingThatMatchesIsNone) {
    for (const char* header : {"text/html", "text/event-stream;q=0", "*/*;q=0", "", ",", "text", "*", "event-stream",
                               "text/event-stream2", "te*/*", "application/json"})
        EXPECT_EQ(chosen({header}), "none") << header;
    EXPECT_EQ(chosen({}), "none");
}

TEST(Accept, AnElementWithABadWeightDoesNotCount) {
    for (const char* weight : {"2", "1.001", "0.1234", "x", "", "-1", ".5", "0.x"})
        EXPECT_EQ(chosen({"text/event-stream;q=" + std::string(weight)}), "none") << weight;
    EXPECT_EQ(chosen({"text/event-stream;q=x, application/x-ndjson"}), ndjson);
    for (const char* weight : {"1", "1.", "1.000", "0.001", "0.5"})
        EXPECT_EQ(chosen({"text/event-stream;q=" + std::string(weight)}), sse) << weight;
    EXPECT_EQ(chosen({"text/event-stream;Q=0"}), "none");
}

}  // namespace
}  // namespace confcast::api
