// Commands of the user's.
#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>

#include "confcast/test/temporary_directory.hpp"
#include "files.hpp"
#include "render/shell_command.hpp"
#include "stop.hpp"

namespace confcast::cli::templates {
namespace {

using namespace std::chrono_literals;

void wait_a_turn(SteadyTime) { ::poll(nullptr, 0, 1); }

Ended run(std::string text, std::chrono::milliseconds limit = 30s) {
    ShellCommand command;
    command.text = std::move(text);
    command.limit = limit;
    command.keep_output = true;
    command.variables = {{"CONFCAST_REVISION", "7"}};
    return run_command(command, wait_a_turn);
}

TEST(ShellCommand, SaysHowItEnded) {
    EXPECT_TRUE(run("true").well);
    const Ended failed = run("echo one; echo two >&2; echo; exit 3");
    EXPECT_FALSE(failed.well);
    EXPECT_EQ(failed.how, "ended with 3");
    EXPECT_EQ(failed.last_line, "two");
    EXPECT_EQ(failed.output, "one\ntwo\n\n");
    EXPECT_EQ(run("printf $CONFCAST_REVISION").last_line, "7");
    EXPECT_EQ(run("kill -9 $$").how, "ended with 137");
    EXPECT_EQ(run("no-such-command-here").how, "ended with 127");
}

TEST(ShellCommand, OfMuchOutputTheEndIsKept) {
    const Ended much =
        run("i=0; while [ $i -lt 40000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); "
            "done; echo last; exit 1");
    EXPECT_EQ(much.last_line, "last");
    EXPECT_LE(much.output.size(), 4096U);
}

TEST(ShellCommand, IsEndedAtItsLimitWithAllThatItStarted) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "pid";
    const Ended late = run("sleep 1000 & echo $! > " + file.string() + "; wait", 300ms);
    EXPECT_FALSE(late.well);
    EXPECT_EQ(late.how, "was still running after 300ms");
    const pid_t grandchild = std::stoi(read(file));
    for (int i = 0; i < 5'000 && ::kill(grandchild, 0) == 0 &&
                    read("/proc/" + std::to_string(grandchild) + "/stat").find(") Z") == std::string::npos;
         ++i)
        wait_a_turn({});
    EXPECT_TRUE(::kill(grandchild, 0) != 0 ||
                read("/proc/" + std::to_string(grandchild) + "/stat").find(") Z") != std::string::npos);
}

TEST(ShellCommand, IsEndedWhenTheTurnThrows) {
    ShellCommand command;
    command.text = "trap '' TERM; while :; do sleep 0.1; done";
    EXPECT_THROW(run_command(command, [](SteadyTime) { throw Stop{Exit::interrupted}; }), Stop);
}

TEST(ShellCommand, ThePathIsOneWord) {
    EXPECT_EQ(with_path("nginx -t -c {}", "/etc/.confcast-Ab12-nginx.conf"),
              "nginx -t -c /etc/.confcast-Ab12-nginx.conf");
    EXPECT_EQ(with_path("a {} b {}", "/x"), "a /x b /x");
    EXPECT_EQ(with_path("{}", "/a b"), "'/a b'");
    EXPECT_EQ(with_path("{}", "/a;rm 'x'"), R"('/a;rm '\''x'\''')");
    EXPECT_EQ(with_path("none", "/x"), "none");
    EXPECT_EQ(run(with_path("printf %s {}", "/a $(echo) `b` 'c'")).last_line, "/a $(echo) `b` 'c'");
}

}  // namespace
}  // namespace confcast::cli::templates
