#include "media_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace confcast::api {
namespace {

TEST(MediaType, AcceptsSaneOnes) {
    for (const char* good :
         {"text/plain", "text/plain; charset=utf-8", "application/vnd.x+json", "image/svg+xml ;a=\"b\""})
        EXPECT_TRUE(is_media_type(good)) << good;
}

TEST(MediaType, RefusesOthers) {
    for (const std::string& bad : {std::string(), std::string("text"), std::string("/plain"), std::string("text/"),
                                   std::string("te xt/plain"), std::string("text/plain\r\nX: y"), std::string("a/b/c"),
                                   std::string("text/plän"), "a/" + std::string(254, 'b')})
        EXPECT_FALSE(is_media_type(bad)) << bad;
    EXPECT_TRUE(is_media_type("a/" + std::string(253, 'b')));
}

TEST(MediaType, KnowsJson) {
    for (const char* json :
         {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"})
        EXPECT_TRUE(is_json_media_type(json)) << json;
    for (const char* other :
         {"application/jsonp", "text/json", "application/merge-patch+json", "", "application/json-seq"})
        EXPECT_FALSE(is_json_media_type(other)) << other;
}

}  // namespace
}  // namespace confcast::api
