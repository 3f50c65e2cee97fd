// The judge itself is judged: a model that finds no fault with a faulty stream would make the other tests worthless.
#include "model.hpp"

#include <gtest/gtest.h>

namespace confcast::test {
namespace {

json::object message(std::string_view text) {
    return json::parse(json::string_view(text.data(), text.size())).as_object();
}

Model started() {
    Model model;
    model.apply(
        message(R"({"seq_id":0,"type":"welcome","payload":{"epoch":"e","resume":"snapshot","reason":"fresh"}})"));
    model.apply(message(
        R"({"seq_id":10,"type":"snapshot","payload":{"entries":[{"key":"a","value":"1","mod_revision":9,"version":2}],"more":false}})"));
    return model;
}

std::string update(int seq_id, int version, std::string_view extra = "") {
    return R"({"seq_id":)" + std::to_string(seq_id) +
           R"(,"type":"update","payload":{"events":[{"op":"put","key":"a","value":"x","mod_revision":)" +
           std::to_string(seq_id) + R"(,"version":)" + std::to_string(version) + "}]" + std::string(extra) + "}}";
}

TEST(Model, FindsNoFaultWithAGoodStream) {
    auto model = started();
    model.apply(message(update(11, 3)));
    model.apply(message(update(15, 7, R"(,"coalesced_from":11)")));
    EXPECT_TRUE(model.violations().empty()) << model.violations().front();
    EXPECT_EQ(model.entries().at("a").version, 7);
    EXPECT_EQ(model.coalesced(), 1U);
}

TEST(Model, FindsAGap) {
    auto model = started();
    model.apply(message(update(12, 4)));
    EXPECT_EQ(model.violations().size(), 1U);
}

TEST(Model, FindsARepeat) {
    auto model = started();
    model.apply(message(update(11, 3)));
    model.apply(message(update(11, 3)));
    EXPECT_FALSE(model.violations().empty());
}

TEST(Model, FindsAReorder) {
    auto model = started();
    model.apply(message(update(12, 3)));
    model.apply(message(update(11, 4)));
    EXPECT_FALSE(model.violations().empty());
}

TEST(Model, FindsATornRevision) {
    Model model("p/");
    model.apply(message(R"({"seq_id":1,"type":"welcome","payload":{"epoch":"e","resume":"none","reason":"fresh"}})"));
    model.apply(message(
        R"({"seq_id":2,"type":"update","payload":{"events":[{"op":"put","key":"p/a","value":"x","mod_revision":2,"version":1}]}})"));
    EXPECT_EQ(model.violations().size(), 1U);
}

}  // namespace
}  // namespace confcast::test
