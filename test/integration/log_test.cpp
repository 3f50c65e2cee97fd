// A log that nobody reads: the server goes on, and says afterwards what is missing.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "confcast/base/descriptor.hpp"
#include "numbers_of.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

using testing::HasSubstr;

TEST(LogNobodyReads, HoldsNothingUpAndSaysWhatIsMissing) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "stderr";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const Descriptor reader(path, O_RDONLY | O_NONBLOCK);
    Server server({.flags = {"--log-format", "json"}, .stderr_to = path});
    auto client = server.http();
    double dropped = 0;
    for (int i = 0; dropped == 0 && i < 200'000; ++i) {
        ASSERT_EQ(client.get("/config?limit=1").status, 200);
        if (i % 1'000 == 0) dropped = number_of(client.get("/metrics").body, "confcast_log_dropped_total");
    }
    EXPECT_GT(dropped, 0);
    EXPECT_GT(server.put("app/a", "1"), 0);

    std::string read;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (read.find("lines are missing here") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
        pollfd entry{reader.number(), POLLIN, 0};
        ::poll(&entry, 1, 1'000);
        std::array<char, 65'536> some{};
        const ssize_t n = ::read(reader.number(), some.data(), some.size());
        if (n > 0) read.append(some.data(), static_cast<std::size_t>(n));
    }
    EXPECT_THAT(read, HasSubstr(R"("level":"warning","component":"log","message":"lines are missing here)"));
    EXPECT_THAT(read, HasSubstr(R"("message":"request","method":"GET")"));
}

TEST(LogNobodyReads, KeepsNobodyFromEnding) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "stderr";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const Descriptor reader(path, O_RDONLY | O_NONBLOCK);
    Server server({.flags = {"--log-format", "json", "--drain-timeout", "100ms"}, .stderr_to = path});
    auto client = server.http();
    for (int i = 0; i < 1'000; ++i) ASSERT_EQ(client.get("/config?limit=1").status, 200);
    EXPECT_EQ(server.terminate(), 0);
}

}  // namespace
}  // namespace confcast::test
