#include "catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "confcast/base/utf8.hpp"

namespace confcast::api {
namespace {

using http::Language;
using testing::HasSubstr;
using testing::Not;

TEST(Catalogue, EveryCodeHasASentenceInBothLanguages) {
    for (const Errc code : all_errcs()) {
        const Sentences both = sentences_of(code);
        EXPECT_TRUE(both.en.ends_with('.')) << name_of(code);
        EXPECT_TRUE(both.zh.ends_with("。")) << name_of(code);
        EXPECT_TRUE(is_valid_utf8(both.zh)) << name_of(code);
        EXPECT_NE(both.zh.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string_view::npos);
    }
}

TEST(Catalogue, NoTwoCodesSayTheSame) {
    std::set<std::string_view> en;
    std::set<std::string_view> zh;
    for (const Errc code : all_errcs()) {
        EXPECT_TRUE(en.insert(sentences_of(code).en).second) << name_of(code);
        EXPECT_TRUE(zh.insert(sentences_of(code).zh).second) << name_of(code);
    }
}

TEST(Catalogue, ASentenceReadsWellWithoutAnyParticular) {
    for (const Errc code : all_errcs()) {
        for (const Language language : {Language::en, Language::zh}) {
            const std::string text = message_of(code, language);
            EXPECT_EQ(text.find_first_of("{}[]"), std::string::npos) << text;
            EXPECT_THAT(text, Not(HasSubstr("  "))) << text;
            EXPECT_THAT(text, Not(HasSubstr(" ."))) << text;
        }
    }
}

TEST(Catalogue, ParticularsAreFilledIn) {
    EXPECT_EQ(message_of(Error(Errc::config_not_found).with("key", "app/port"), Language::en),
              "There is no setting \"app/port\".");
    EXPECT_EQ(message_of(Error(Errc::config_not_found).with("key", "app/port").with("revision", 7), Language::en),
              "There is no setting \"app/port\" at revision 7.");
    EXPECT_THAT(message_of(Error(Errc::config_not_found).with("key", "app/port"), Language::zh),
                HasSubstr("资源不存在"));
}

TEST(Catalogue, RulesAreToldInChineseToo) {
    const Error error = Error(Errc::invalid_field).with("pointer", "/value").with("rule", "it is missing");
    EXPECT_EQ(message_of(error, Language::zh), "请求体中的 /value 无效：缺少该字段。");
}

TEST(Catalogue, AParticularCannotSmuggleATemplate) {
    const Error error = Error(Errc::config_not_found).with("key", "{key}[x]");
    EXPECT_EQ(message_of(error, Language::en), "There is no setting \"{key}[x]\".");
}

TEST(Catalogue, LongParticularsAreCutAtACharacter) {
    std::string key;
    for (int i = 0; i < 150; ++i) key += "é";
    const std::string text = message_of(Error(Errc::config_not_found).with("key", key), Language::en);
    EXPECT_LT(text.size(), max_shown_bytes + 60);
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_THAT(text, HasSubstr("é…"));
    EXPECT_THAT(shown("aé", 2), "a…");
}

TEST(Catalogue, ControlCharactersAndBadBytesAreEscaped) {
    EXPECT_EQ(shown("a\nb\x1b[31m\x7f", 100), "a\\x0Ab\\x1B[31m\\x7F");
    EXPECT_EQ(shown("a\xff", 100), "a\\xFF");
}

}  // namespace
}  // namespace confcast::api
