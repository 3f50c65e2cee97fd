// What eyes see and pipes do not: colours and the progress bar.
#include <gtest/gtest.h>

#include "tool.hpp"

namespace confcast::test {
namespace {

constexpr char escape = '\x1b';

std::string dump(int settings) {
    std::string text = R"({"entries":[)";
    for (int i = 0; i < settings; ++i)
        text += (i > 0 ? ",{" : "{") + (R"("key":"bulk/)" + std::to_string(i) + R"(","value":"v"})");
    return text + "]}";
}

TEST(Terminal, HasColoursAndAProgressBar) {
    const Server server;
    const Tool tool(server);
    EXPECT_NE(tool.run_in_terminal({"ls"}).out.find("\x1b[1mKEY"), std::string::npos);
    write_file(tool.home() / "dump", dump(120));
    const Ended ended = tool.run_in_terminal({"import", (tool.home() / "dump").string()});
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.out.find("\x1b[32m+ bulk/0"), std::string::npos);
    EXPECT_NE(ended.out.find("\r[############"), std::string::npos);
    EXPECT_NE(ended.out.find("] 50/120"), std::string::npos);
    EXPECT_NE(ended.out.find("] 120/120"), std::string::npos);
}

TEST(Terminal, ShowsNoneWhenItIsNoneOrIsAskedNotTo) {
    const Server server;
    Tool tool(server);
    write_file(tool.home() / "dump", dump(60));
    const Ended piped = tool.run({"import", (tool.home() / "dump").string()});
    EXPECT_EQ(piped.out.find(escape), std::string::npos);
    EXPECT_EQ(piped.error, "");
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"ls"}, {"check"}, {"clients"}, {"help"}, {"diff", "bulk/0", "/dev/null"}, {"put", "a", "1", "--dry-run"}})
        EXPECT_EQ(tool.run(words).out.find(escape), std::string::npos) << words[0];
    tool.set("NO_COLOR", "1");
    EXPECT_EQ(tool.run_in_terminal({"ls"}).out.find(escape), std::string::npos);
}

TEST(Terminal, IsNotMovedByWhatSettingsHold) {
    const Server server;
    const Tool tool(server);
    ASSERT_EQ(tool.run({"put", "a", "-"}, "\x1b]0;title\x07 \r x").code, 0);
    const std::string shown = tool.run({"ls"}).out;
    EXPECT_EQ(shown.find(escape), std::string::npos);
    EXPECT_NE(shown.find("\\x1B]0;title\\x07 \\x0D x"), std::string::npos) << shown;
}

}  // namespace
}  // namespace confcast::test
