#include "confcast/base/line_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "confcast/base/descriptor.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string say_lost(std::uint64_t lost) { return "lost " + std::to_string(lost); }

class LineSinkTest : public testing::Test {
  protected:
    LineSinkTest() { ::mkfifo(path.c_str(), 0600); }
    /// More than a pipe holds and a queue keeps.
    static void overflow(LineSink& sink) {
        for (int i = 0; i < 20'000; ++i) sink.write(std::to_string(i) + std::string(100, '.'));
    }
    std::string read_all(const Descriptor& pipe) {
        std::string all;
        for (auto some = read_up_to(pipe, 4'096); some && !some->empty(); some = read_up_to(pipe, 4'096)) all += *some;
        return all;
    }

    test::TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "pipe";
};

TEST_F(LineSinkTest, AppendsToAFileOfItsOwn) {
    const auto file = directory.path() / "file";
    for (const char* line : {"one", "two"}) (*open_line_sink(file))->write(line);
    std::ifstream in(file);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "one\ntwo\n");
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
}

TEST_F(LineSinkTest, SaysThatAFileCannotBeWritten) {
    const auto sink = open_line_sink(directory.path() / "no" / "file");
    ASSERT_FALSE(sink);
    EXPECT_THAT(sink.error().detail("reason"), HasSubstr("No such file"));
}

// write() returns though nobody reads; what is missing is said where it is missing, once there is a reader.
TEST_F(LineSinkTest, DropsAndCountsWhatNobodyTakes) {
    const Descriptor reader(path, O_RDONLY | O_NONBLOCK);
    auto sink = *open_line_sink(path, say_lost);
    overflow(*sink);
    const std::uint64_t lost = sink->dropped();
    EXPECT_GT(lost, 10'000U);
    ::fcntl(reader.number(), F_SETFL, 0);  // from here on it waits for what comes
    std::thread ending([&sink] { sink.reset(); });
    const std::string all = read_all(reader);
    ending.join();
    EXPECT_THAT(all, EndsWith("19999" + std::string(100, '.') + "\n"));
    std::uint64_t lines = 0;
    std::uint64_t said = 0;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("lost "))
            said += std::stoull(line.substr(5));
        else
            ++lines;
    }
    EXPECT_EQ(said, lost);
    EXPECT_EQ(lines, 20'000U - lost);
}

TEST_F(LineSinkTest, EndsThoughNobodyReads) {
    const Descriptor reader(path, O_RDONLY | O_NONBLOCK);
    auto sink = *open_line_sink(path, say_lost);
    overflow(*sink);
    sink.reset();  // a test that hangs has failed
}

TEST_F(LineSinkTest, CountsWhatTheFileRefuses) {
    auto sink = *open_line_sink("/dev/full");
    sink->write("one");
    for (int i = 0; i < 1'000 && sink->dropped() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_EQ(sink->dropped(), 1U);
}

}  // namespace
}  // namespace confcast
