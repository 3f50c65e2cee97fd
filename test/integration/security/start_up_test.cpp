// With what the binary starts at all: nobody on a network is served by mistake.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "credentials.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

class StartUp : public testing::Test {
  protected:
    struct Ending {
        std::optional<int> code;
        std::string said;
    };
    /// What becomes of a start that must not succeed.
    Ending start(const std::string& listen, std::vector<std::string> flags) {
        std::vector<std::string> argv{Server::binary(), "--listen", listen + ":" + std::to_string(load::free_port()),
                                      "--store", "sqlite:" + (files_.path() / "store").string()};
        argv.insert(argv.end(), flags.begin(), flags.end());
        ChildProcess process(std::move(argv), files_.path() / ("log" + std::to_string(starts_++)));
        const auto code = process.wait(std::chrono::seconds{20});
        return {code, process.output()};
    }
    std::filesystem::path credentials() {
        const auto file = files_.path() / "credentials.json";
        write_credentials(file, {new_token("admin", {"admin", "read,write:**"})});
        return file;
    }

    TemporaryDirectory files_;
    int starts_ = 0;
};

TEST_F(StartUp, OnANetworkWithoutCredentialsIsRefusedWithASentenceThatSaysWhatToDo) {
    for (const char* address : {"0.0.0.0", "[::]"}) {
        const Ending ending = start(address, {});
        EXPECT_EQ(ending.code, 2) << ending.said;
        EXPECT_NE(ending.said.find("would let anybody on the network change settings"), std::string::npos)
            << ending.said;
        EXPECT_NE(ending.said.find("--credentials"), std::string::npos) << ending.said;
        EXPECT_NE(ending.said.find("--insecure-no-auth"), std::string::npos) << ending.said;
    }
}

TEST_F(StartUp, WithCredentialsAndWithoutAuthenticationIsAContradiction) {
    const Ending ending = start("127.0.0.1", {"--credentials", credentials(), "--insecure-no-auth"});
    EXPECT_EQ(ending.code, 2) << ending.said;
    EXPECT_NE(ending.said.find("contradict"), std::string::npos) << ending.said;
}

TEST_F(StartUp, WithAFileOfCredentialsThatOthersMayReadIsRefused) {
    const auto file = credentials();
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    const Ending ending = start("127.0.0.1", {"--credentials", file});
    ASSERT_TRUE(ending.code) << "it serves";
    EXPECT_NE(ending.code, 0);
    EXPECT_NE(ending.said.find("chmod"), std::string::npos) << ending.said;
}

TEST_F(StartUp, WithoutAuthenticationWarnsEachTime) {
    Server server({.flags = {"--insecure-no-auth"}});
    const auto warnings = [&server] {
        const std::string said = server.output();
        std::size_t count = 0;
        for (auto at = said.find("listening with --insecure-no-auth"); at != std::string::npos;
             at = said.find("listening with --insecure-no-auth", at + 1))
            ++count;
        return count;
    };
    ASSERT_EQ(server.terminate(), 0);
    EXPECT_EQ(warnings(), 1U) << server.output();
    server.start();
    ASSERT_EQ(server.terminate(), 0);
    EXPECT_EQ(warnings(), 2U) << server.output();
}

}  // namespace
}  // namespace confcast::test
