#include "cursor.hpp"

#include <gtest/gtest.h>

#include "confcast/base/base64.hpp"

namespace confcast::api {
namespace {

TEST(Cursor, ReadsBackWhatItWrites) {
    for (const char* last : {"a/b", "a/中", "a/odd\nkey", "a"}) {
        const Cursor cursor{{0xABCD}, 42, "a", last};
        const Result<Cursor> back = Cursor::parse(cursor.to_text());
        ASSERT_TRUE(back) << last;
        EXPECT_EQ(back->epoch, cursor.epoch);
        EXPECT_EQ(back->revision, 42);
        EXPECT_EQ(back->prefix, "a");
        EXPECT_EQ(back->last_key, last);
    }
}

TEST(Cursor, RefusesWhatItDidNotWrite) {
    const std::string good = Cursor{{1}, 42, "a", "a/b"}.to_text();
    const std::string epoch = "0000000000000001";
    for (const std::string& bad :
         {std::string(), std::string("x"), std::string("!!!!"), good + "A", good.substr(1), good + "=",
          base64url_encode("2\n" + epoch + "\n42\na\na/b"), base64url_encode("1\n" + epoch + "\n-1\na\na/b"),
          base64url_encode("1\n" + epoch + "\n042\na\na/b"), base64url_encode("1\nxyz\n42\na\na/b"),
          base64url_encode("1\n" + epoch + "\n42\na\nb"), base64url_encode("1\n" + epoch + "\n42\na\n"),
          base64url_encode("1\n" + epoch + "\n42")})
        EXPECT_EQ(Cursor::parse(bad).error(), Errc::invalid_parameter) << bad;
}

}  // namespace
}  // namespace confcast::api
