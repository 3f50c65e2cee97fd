#include "confcast/base/base64.hpp"

#include <gtest/gtest.h>

namespace confcast {
namespace {

TEST(Base64, DecodesTheVectorsOfRfc4648) {
    EXPECT_EQ(base64_decode(""), "");
    EXPECT_EQ(base64_decode("Zg=="), "f");
    EXPECT_EQ(base64_decode("Zm8="), "fo");
    EXPECT_EQ(base64_decode("Zm9v"), "foo");
    EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
    EXPECT_EQ(base64_decode("+/+/"), "\xFB\xFF\xBF");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
    for (const char* bad :
         {"Z", "Zg", "Zg=", "Zg===", "====", "Zm9v=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm_v", "=m9v"})
        EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
}

TEST(Base64Url, ReadsBackWhatItWrites) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
        const std::string text = base64url_encode(bytes);
        EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
        EXPECT_EQ(base64url_decode(text), bytes);
    }
}

TEST(Base64Url, RefusesPaddingAndTheOtherAlphabet) {
    for (const char* bad : {"Zg==", "+/+/", "Z", "Zh"}) EXPECT_EQ(base64url_decode(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace confcast
