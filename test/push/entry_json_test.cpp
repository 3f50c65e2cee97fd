#include "confcast/push/entry_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>

namespace confcast::push {
namespace {

namespace json = boost::json;

feed::Entry entry(std::string key, std::string value) {
    feed::Entry e;
    e.key = std::move(key);
    e.value = std::move(value);
    e.create_revision = 3;
    e.mod_revision = 7;
    e.version = 2;
    return e;
}

std::string text(const feed::Entry& e, bool meta_only = false) {
    std::string out;
    append_entry(out, e, meta_only);
    return out;
}

TEST(EntryJson, PlainEntryHasExactlyTheContractsMembers) {
    EXPECT_EQ(text(entry("app/port", "8080")),
              R"({"key":"app/port","value":"8080","content_type":"text/plain; charset=utf-8",)"
              R"("create_revision":3,"mod_revision":7,"version":2})");
}

TEST(EntryJson, MetadataIsShownWhenKnown) {
    feed::Entry e = entry("a", "{}");
    e.meta.content_type = "application/json";
    e.meta.author = "ann";
    e.meta.message = "first \"try\"";
    e.meta.updated_at = SystemTime{} + std::chrono::milliseconds{1'700'000'000'042};
    e.meta.ttl_s = 60;
    EXPECT_EQ(
        text(e),
        R"({"key":"a","value":"{}","content_type":"application/json","create_revision":3,"mod_revision":7,)"
        R"("version":2,"updated_at":"2023-11-14T22:13:20.042Z","author":"ann","message":"first \"try\"","ttl":60})");
}

TEST(EntryJson, ValueThatIsNotUtf8IsBase64) {
    const std::string bytes("\xff\x00\x01\x02", 4);
    const json::value v = json::parse(text(entry("a", bytes)));
    EXPECT_EQ(v.at("value").as_string(), "/wABAg==");
    EXPECT_EQ(v.at("encoding").as_string(), "base64");
    EXPECT_EQ(v.at("content_type").as_string(), "application/octet-stream");
}

TEST(EntryJson, MetaOnlyLeavesOutValueAndEncoding) {
    EXPECT_EQ(
        text(entry("a", "\xff"), true),
        R"({"key":"a","content_type":"application/octet-stream","create_revision":3,"mod_revision":7,"version":2})");
}

TEST(EntryJson, EmptyValueIsAnEmptyString) { EXPECT_EQ(json::parse(text(entry("a", ""))).at("value").as_string(), ""); }

TEST(EntryJson, ForeignBytesInKeyAndMetadataStayValidJson) {
    feed::Entry e = entry("a/\xfe", "x");
    e.meta.author = "\xc3";
    e.meta.content_type = "text/\x80";
    const json::value v = json::parse(text(e));
    EXPECT_EQ(v.at("key").as_string(), "a/\\xFE");
    EXPECT_EQ(v.at("author").as_string(), "\\xC3");
    EXPECT_EQ(v.at("content_type").as_string(), "text/\\x80");
}

TEST(EntryJson, ContentTypeOfSaysWhatIsShown) {
    EXPECT_EQ(content_type_of(entry("a", "ü")), "text/plain; charset=utf-8");
    EXPECT_EQ(content_type_of(entry("a", "\xfc")), "application/octet-stream");
    feed::Entry e = entry("a", "\xfc");
    e.meta.content_type = "image/png";
    EXPECT_EQ(content_type_of(e), "image/png");
}

}  // namespace
}  // namespace confcast::push
