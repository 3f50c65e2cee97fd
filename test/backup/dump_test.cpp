// A dump is taken as it was written, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "confcast/backup/dump_file.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::backup {
namespace {

using testing::HasSubstr;

DumpSetting setting(std::string key, std::string value) {
    DumpSetting out;
    out.key = std::move(key);
    out.value = std::move(value);
    out.create_revision = 2;
    out.mod_revision = 3;
    out.version = 2;
    return out;
}

std::vector<DumpSetting> settings() {
    std::vector<DumpSetting> all{setting("app/a", "1"), setting("app/b", std::string("\x00\xFF\n\"", 4)),
                                 setting("app/c/端口", ""), setting("app/d", "é\n</script>")};
    all[0].meta.content_type = "text/x-port; a=\"b\"";
    all[0].meta.author = "somebody";
    all[0].meta.message = "line\nline";
    all[0].meta.updated_at = SystemTime{std::chrono::milliseconds{1'700'000'000'123}};
    all[0].meta.ttl_s = 60;
    all[0].ttl_left = 7;
    all[1].foreign_lease = true;
    return all;
}

const DumpHeader header{"0123456789abcdef", 12, 1'700'000'000'000, "/config/", "0.1.0"};
const DumpToken token{"0123456789abcdef", "confcast-token 1\nname: ci\n", 4};

std::string dump_text() {
    DumpWriter writer;
    writer.begin(header);
    std::string text = writer.take();
    for (const DumpSetting& one : settings()) {
        writer.add(one);
        text += writer.take();
    }
    writer.add(token);
    writer.leave_out();
    writer.end();
    return text + writer.take();
}

class Dump : public testing::Test {
  protected:
    DumpFile file_of(const std::string& text) {
        const auto path = directory_.path() / "dump";
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
        return *DumpFile::open(path);
    }
    /// Why it is refused; "" when it is not.
    std::string refusal(const std::string& text) {
        DumpFile file = file_of(text);
        const Result<> checked = file.check();
        return checked ? "" : std::string(checked.error().detail("reason"));
    }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(Dump, IsReadAsItWasWritten) {
    DumpFile file = file_of(dump_text());
    ASSERT_TRUE(file.check());
    EXPECT_EQ(file.header(), header);
    EXPECT_EQ(file.totals(), (DumpTotals{4, 1, 1}));
    for (int again = 0; again < 2; ++again) {
        file.rewind();
        for (const DumpSetting& one : settings()) {
            const auto record = file.next();
            ASSERT_TRUE(record && *record);
            EXPECT_EQ(std::get<DumpSetting>(**record), one);
        }
        const auto last = file.next();
        ASSERT_TRUE(last && *last);
        EXPECT_EQ(std::get<DumpToken>(**last), token);
        const auto end = file.next();
        ASSERT_TRUE(end);
        EXPECT_FALSE(*end);
    }
}

TEST_F(Dump, AByteThatIsAnotherIsNoticedWhereverItIs) {
    const std::string good = dump_text();
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char flip : {'\x01', '\x20'}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ flip);
            EXPECT_NE(refusal(bad), "") << "byte " << i << " of " << good.size();
        }
    }
}

TEST_F(Dump, WhatHasBeenCutIsNoticedWhereverItWas) {
    const std::string good = dump_text();
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_THAT(refusal(good.substr(0, size)), HasSubstr("it has been cut")) << size;
}

TEST_F(Dump, WhatIsBehindItsEndIsNoticed) {
    EXPECT_THAT(refusal(dump_text() + "\n"), HasSubstr("behind the end"));
    EXPECT_THAT(refusal(dump_text() + "x"), HasSubstr("behind the end"));
    EXPECT_THAT(refusal(dump_text() + dump_text()), HasSubstr("behind the end"));
}

TEST_F(Dump, LinesThatMovedOrAreMissingAreNoticed) {
    std::vector<std::string> lines;
    std::istringstream in(dump_text());
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    const auto joined = [](const std::vector<std::string>& all) {
        std::string text;
        for (const std::string& line : all) text += line;
        return text;
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::vector<std::string> without = lines;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(refusal(joined(without)), "") << i;
        std::vector<std::string> twice = lines;
        twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
        EXPECT_NE(refusal(joined(twice)), "") << i;
        if (i == 0) continue;
        std::vector<std::string> swapped = lines;
        std::swap(swapped[i - 1], swapped[i]);
        EXPECT_NE(refusal(joined(swapped)), "") << i;
    }
}

TEST_F(Dump, WhatALaterVersionWroteIsRefusedAsSuch) {
    EXPECT_THAT(refusal(R"({"confcast_dump":2,"epoch":"a","revision":1,"time_ms":1,"prefix":"/c/","server":"9"})"
                        "\n"),
                HasSubstr("later version"));
    EXPECT_THAT(refusal("SQLite format 3\n"), HasSubstr("no line of a dump"));
}

TEST_F(Dump, AKeyThatBreaksTheRulesIsRefusedThoughTheDigestIsRight) {
    DumpWriter writer;
    writer.begin(header);
    writer.add(setting("a//b", "1"));
    writer.end();
    EXPECT_THAT(refusal(writer.take()), HasSubstr("no empty segment"));
}

}  // namespace
}  // namespace confcast::backup
