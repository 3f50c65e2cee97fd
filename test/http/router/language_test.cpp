// Accept-Language, RFC 9110, 12.5.4; ranges as RFC 4647, 2.1.
#include "chain_fixture.hpp"

namespace confcast::http {
namespace {

struct LanguageTest : ChainFixture {
    Language for_headers(std::vector<Header> headers) {
        request.headers = std::move(headers);
        context.language = Language::en;
        run({language()});
        return context.language;
    }
    void expect(Language expected, std::initializer_list<std::string_view> values) {
        for (const std::string_view value : values)
            EXPECT_EQ(for_headers({{"accept-language", value}}), expected) << "Accept-Language: " << value;
    }
};

TEST_F(LanguageTest, IsEnglishWhenNothingIsSaid) {
    EXPECT_EQ(for_headers({}), Language::en);
    expect(Language::en, {"", " ", ",", " , ,"});
}

TEST_F(LanguageTest, AnyRangeOfChineseIsChinese) {
    expect(Language::zh, {"zh", "ZH", "zh-CN", "zh-Hans", "zh-Hans-CN", "zh-tw", " zh ", "zh;q=0.1", "zh ; q=1.000"});
}

TEST_F(LanguageTest, OtherLanguagesGetEnglish) {
    expect(Language::en, {"en", "en-GB", "de", "de-DE, fr;q=0.5", "zhx", "zhuang", "x-zh", "cmn"});
}

TEST_F(LanguageTest, TheGreaterWeightWins) {
    expect(Language::zh, {"zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.8, zh;q=0.9", "en;q=0.1,de,zh;q=0.101", "de,zh;q=0.5"});
    expect(Language::en, {"en-US,en;q=0.9,zh;q=0.8", "zh;q=0.8, en;q=0.9", "zh;q=0.999, en"});
}

TEST_F(LanguageTest, TheBestRangeOfALanguageCounts) {
    expect(Language::zh, {"en;q=0.5, zh-TW;q=0.1, zh;q=0.6"});
    expect(Language::en, {"zh;q=0.5, en;q=0.1, en-GB;q=0.6"});
}

TEST_F(LanguageTest, OfEqualsTheEarlierWins) {
    expect(Language::zh, {"zh, en", "zh, en, zh-CN", "zh;q=0.5, en;q=0.5", "de, zh-CN, en"});
    expect(Language::en, {"en, zh", "en, zh, en-GB", "en;q=0.5, zh;q=0.5"});
}

TEST_F(LanguageTest, AStarStandsForWhatIsNotNamed) {
    expect(Language::en, {"*", "*;q=0.5", "*, zh;q=0.5", "*;q=0.5, en;q=0.6"});
    expect(Language::zh, {"en;q=0, *", "en;q=0.3, *;q=0.4", "zh, *", "zh, *;q=0.5"});
}

TEST_F(LanguageTest, AWeightOfZeroIsARefusal) {
    expect(Language::en, {"zh;q=0", "zh;q=0.000", "zh;q=0, *", "en;q=0", "en;q=0, zh;q=0", "*;q=0"});
}

TEST_F(LanguageTest, WhatDoesNotParseIsLeftOut) {
    expect(Language::en, {"zh;q=2",
                          "zh;q=1.001",
                          "zh;q=0.1234",
                          "zh;q=.5",
                          "zh;q=",
                          "zh;q=-1",
                          "zh;q=0,5 zh",
                          "zh;level=1",
                          "zh;q=1;x",
                          "zh_CN",
                          "zh-",
                          "-zh",
                          "zh--CN",
                          "zh CN",
                          "zh-toolongsubtag",
                          "z*",
                          ";q=1",
                          "zh;q=1 0",
                          "\xE4\xB8\xAD\xE6\x96\x87",
                          "zh;q=0.5.1",
                          "zh;q"});
    expect(Language::zh, {"en;q=9, zh", "zh, en;q=x", ";;;, zh", "zh;", "1en, zh;q=0.2"});
}

TEST_F(LanguageTest, SeveralHeadersAreOneList) {
    EXPECT_EQ(for_headers({{"Accept-Language", "en;q=0.5"}, {"Accept", "zh"}, {"accept-language", "zh"}}),
              Language::zh);
    EXPECT_EQ(for_headers({{"Accept-Language", "en"}, {"Accept-Language", "zh"}}), Language::en);
}

}  // namespace
}  // namespace confcast::http
