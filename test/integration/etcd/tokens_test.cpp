// etcd's tokens end after five seconds without use: what was opened with an old one goes on, and what needs a new one
// gets it, without anybody noticing.
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "confcast/test/etcd_process.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Tokens : public testing::Test {
  protected:
    Tokens() {
        etcd.enable_users();
        std::ofstream(directory.path() / "password") << "pass:word\n";
    }
    ServerSetup setup() const {
        auto made = on_etcd(etcd.endpoint());
        // The probes use tokens too, which keeps them alive.
        made.flags = {
            "--etcd-user",           "confcast", "--etcd-password-file", (directory.path() / "password").string(),
            "--etcd-check-interval", "1h",       "--bookmark",           "200ms"};
        return made;
    }

    EtcdProcess etcd{EtcdProcess::users(5)};
    TemporaryDirectory directory;
};

TEST_F(Tokens, ThatEndEveryFiveSecondsAreNotNoticedForAMinute) {
    const Server server(setup());
    Crowd crowd(server, {"app/", ""});
    std::int64_t revision = 0;
    for (int round = 0; round < 8; ++round) {
        for (int i = 0; i < 20; ++i)
            revision = server.put("app/" + std::to_string(i), std::to_string(round));  // throws when it is refused
        std::this_thread::sleep_for(7s);                                               // more than a token lives
        etcd.ctl({"put", "/config/app/by-hand", std::to_string(round)});
        EXPECT_TRUE(crowd.until([&] {
            const auto& known = crowd[0].model().entries();
            const auto found = known.find("app/by-hand");
            return found != known.end() && found->second.value == std::to_string(round);
        })) << "the watch ended with its token, in round "
            << round;
        EXPECT_FALSE(is_stale(server));
    }
    revision = server.put("app/last", "1");
    crowd.expect_agreement(server, revision);
}

}  // namespace
}  // namespace confcast::test
