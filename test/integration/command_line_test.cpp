// What confcastd says on the command line, and what it refuses.
#include <gtest/gtest.h>

#include <fstream>

#include "server.hpp"

namespace confcast::test {
namespace {

struct Outcome {
    int code = -1;
    std::string output;
};

Outcome run(std::vector<std::string> arguments) {
    const TemporaryDirectory directory;
    arguments.insert(arguments.begin(), Server::binary());
    ChildProcess process(std::move(arguments), directory.path() / "log");
    const auto code = process.wait(std::chrono::seconds{60});
    return {code.value_or(-1), process.output()};
}

bool says(const Outcome& outcome, std::string_view word) { return outcome.output.find(word) != std::string::npos; }

TEST(CommandLine, HelpNamesTheOptionsAndEndsWithZero) {
    const auto outcome = run({"--help"});
    EXPECT_EQ(outcome.code, 0);
    for (const auto* option : {"--listen", "--store", "--prefix", "--log-level", "--help"})
        EXPECT_TRUE(says(outcome, option)) << option << " is not in:\n" << outcome.output;
}

TEST(CommandLine, WhatIsNotUnderstoodEndsWithTwo) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--nonsense"},
                                                      {"stray"},
                                                      {"--listen"},
                                                      {"--listen", "nonsense"},
                                                      {"--listen", "127.0.0.1:70000"},
                                                      {"--store", "nonsense:x"},
                                                      {"--log-level", "loud"},
                                                      {"--prefix", "noslash"}}) {
        const auto outcome = run(arguments);
        EXPECT_EQ(outcome.code, 2) << arguments.front() << ": " << outcome.output;
        EXPECT_FALSE(outcome.output.empty());
    }
}

TEST(CommandLine, ASecondServerOnTheSameStoreIsRefusedWithASentence) {
    const TemporaryDirectory directory;
    const Server first({.directory = directory.path()});
    const auto outcome = run({"--listen", "127.0.0.1:" + std::to_string(load::free_port()), "--store",
                              "sqlite:" + first.directory().string()});
    EXPECT_EQ(outcome.code, 1) << outcome.output;
    EXPECT_TRUE(says(outcome, first.directory().string())) << outcome.output;
    EXPECT_EQ(first.http().get("/readyz").status, 200U);
}

TEST(CommandLine, APortThatIsTakenIsRefusedWithASentence) {
    const Server first;
    const TemporaryDirectory directory;
    const auto outcome =
        run({"--listen", first.endpoint().to_string(), "--store", "sqlite:" + (directory.path() / "s").string()});
    EXPECT_EQ(outcome.code, 1) << outcome.output;
    EXPECT_TRUE(says(outcome, std::to_string(first.endpoint().port))) << outcome.output;
}

TEST(CommandLine, AStoreThatIsNotOneIsRefusedAndLeftAlone) {
    const TemporaryDirectory directory;
    // Whatever file the store keeps its log in: it is garbage now.
    {
        Server server({.directory = directory.path()});
        server.put("a", "1");
        ASSERT_EQ(server.terminate(), 0);
    }
    for (const auto& file : std::filesystem::directory_iterator(directory.path()))
        if (file.file_size() > 4096)
            std::ofstream(file.path(), std::ios::in | std::ios::out) << "garbage garbage garbage";
    const auto outcome = run({"--listen", "127.0.0.1:" + std::to_string(load::free_port()), "--store",
                              "sqlite:" + directory.path().string()});
    EXPECT_EQ(outcome.code, 1) << outcome.output;
}

TEST(CommandLine, AnotherPrefixIsAnotherSetOfSettings) {
    const TemporaryDirectory directory;
    {
        Server server({.directory = directory.path()});
        server.put("a", "1");
        ASSERT_EQ(server.terminate(), 0);
    }
    const Server other({.flags = {"--prefix", "/other/"}, .directory = directory.path()});
    EXPECT_EQ(other.http().get("/config/a").status, 404U);
}

}  // namespace
}  // namespace confcast::test
