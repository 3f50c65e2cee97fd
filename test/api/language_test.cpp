// Chinese and English.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Language, EnglishIsTheDefault) {
    World world;
    EXPECT_THAT(world.get("/config/x").message(), StartsWith("There is no setting"));
    EXPECT_THAT(world.get("/config/x", {{"Accept-Language", "de"}}).message(), StartsWith("There is no setting"));
}

TEST(Language, ChineseOnRequest) {
    World world;
    for (const char* header : {"zh", "zh-CN,zh;q=0.9,en;q=0.8"})
        EXPECT_EQ(world.get("/config/x", {{"Accept-Language", header}}).message(), "资源不存在：没有配置 \"x\"。")
            << header;
}

TEST(Language, TheRouterAndTheChainSpeakItToo) {
    World world;
    const Headers zh{{"Accept-Language", "zh"}};
    EXPECT_THAT(world.get("/nope", zh).message(), HasSubstr("路径不存在"));
    EXPECT_THAT(world.send(http::Method::post, "/livez", "", zh).message(), HasSubstr("不支持此方法"));
    EXPECT_THAT(world.get("/config/a?x=1", zh).message(), HasSubstr("没有名为 \"x\" 的参数"));
}

TEST(Language, CodesAndDataAreTheSame) {
    World world;
    const Reply en = world.get("/config/x");
    const Reply zh = world.get("/config/x", {{"Accept-Language", "zh"}});
    EXPECT_EQ(en.code(), zh.code());
    EXPECT_EQ(en.data(), zh.data());
}

}  // namespace
}  // namespace confcast::api
