// A disk that is full: writes are refused with the reason, reads go on, and when there is room again writes do, too.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "server.hpp"

namespace confcast::test {
namespace {

/// A small file system in memory; needs root.
class SmallDisk {
  public:
    explicit SmallDisk(const std::string& size) {
        mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }
    const std::filesystem::path& path() const { return directory_.path(); }

  private:
    TemporaryDirectory directory_;
    bool mounted_ = false;
};

TEST(DiskFull, WritesAreRefusedReadsGoOnAndItRecoversWithoutARestart) {
    const SmallDisk disk("16m");
    if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system needs root";
    const auto filler = disk.path() / "filler";
    std::ofstream(filler, std::ios::binary) << std::string(8U << 20U, 'f');

    const Server server({.directory = disk.path() / "store"});
    server.put("kept", "before");
    auto http = server.http();
    const std::string large(200'000, 'x');
    load::HttpResponse refused;
    std::map<std::string, bool> acknowledged;
    for (int i = 0; i < 200 && refused.status == 0; ++i) {
        const auto key = "fill/" + std::to_string(i);
        auto response = http.put("/config/" + key, large, {{"Content-Type", "text/plain"}});
        if (response.status / 100 == 2)
            acknowledged[key] = true;
        else
            refused = std::move(response);
    }
    ASSERT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(code_of(refused), 50301);
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_NE(refused.body.find("full"), std::string::npos) << refused.body;

    EXPECT_EQ(envelope_of(http.get("/config/kept")).at("data").at("value").as_string(), "before");
    for (const auto& [key, yes] : acknowledged) ASSERT_EQ(http.get("/config/" + key).status, 200U) << key;

    std::filesystem::remove(filler);
    EXPECT_EQ(http.put("/config/after", "x", {{"Content-Type", "text/plain"}}).status / 100, 2U);
    EXPECT_EQ(envelope_of(http.get("/config/after")).at("data").at("value").as_string(), "x");
}

}  // namespace
}  // namespace confcast::test
