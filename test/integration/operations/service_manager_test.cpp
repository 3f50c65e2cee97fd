// The real binary under something that speaks as systemd does: NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <future>

#include "confcast/load/websocket.hpp"
#include "confcast/test/files.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

/// Hears what is told to NOTIFY_SOCKET.
class Manager {
  public:
    explicit Manager(std::string path)
        : path_(std::move(path)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)  // as the system wants it
            throw std::runtime_error("cannot bind " + path_);
    }
    ~Manager() { ::close(socket_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    const std::string& path() const { return path_; }
    /// The next message; "" when none comes in time.
    std::string hear(std::chrono::milliseconds limit = 20s) const {
        pollfd waits{socket_, POLLIN, 0};
        if (::poll(&waits, 1, static_cast<int>(limit.count())) <= 0) return {};
        std::array<char, 4096> bytes{};
        const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
        return {bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }
    /// Whether such a message comes, whatever comes before it.
    bool hears(std::string_view word) const {
        for (;;) {
            const std::string message = hear();
            if (message.find(word) != std::string::npos) return true;
            if (message.empty()) return false;
        }
    }
    void forget() const {
        while (!hear(0ms).empty()) {
        }
    }

  private:
    std::string path_;
    int socket_;
};

/// A port that listens, whoever serves it.
class ListeningSocket {
  public:
    explicit ListeningSocket(const char* address = "127.0.0.1") : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        ::inet_pton(AF_INET, address, &where.sin_addr);
        auto* generic = reinterpret_cast<sockaddr*>(&where);  // as the system wants it
        socklen_t size = sizeof where;
        if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 64) != 0 ||
            ::getsockname(socket_, generic, &size) != 0)
            throw std::runtime_error("cannot listen");
        port_ = ntohs(where.sin_port);
    }
    ~ListeningSocket() { ::close(socket_); }
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    int descriptor() const { return socket_; }
    std::uint16_t port() const { return port_; }

  private:
    int socket_;
    std::uint16_t port_ = 0;
};

class UnderAManager : public testing::Test {
  protected:
    /// `environment`: NAME=VALUE words. `socket`: handed over as systemd does it.
    ChildProcess start(std::vector<std::string> environment, std::vector<std::string> flags,
                       const ListeningSocket* socket = nullptr) {
        std::vector<std::string> argv{"/usr/bin/env"};
        argv.insert(argv.end(), environment.begin(), environment.end());
        if (socket != nullptr) {
            const std::string from = std::to_string(socket->descriptor());
            const std::string move = from == "3" ? "" : "exec 3<&" + from + " " + from + "<&-; ";
            argv.insert(argv.end(), {"/bin/sh", "-c", move + R"(LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@")"});
        }
        argv.insert(argv.end(), {Server::binary(), "--store", store});
        argv.insert(argv.end(), flags.begin(), flags.end());
        return {std::move(argv), directory.path() / "log"};
    }

    TemporaryDirectory directory;
    std::string store = "sqlite:" + (directory.path() / "data").string();
    const Manager manager{directory.path() / "notify"};
    const std::string notify = "NOTIFY_SOCKET=" + manager.path();
};

TEST_F(UnderAManager, IsToldOfReadyReloadingAndStopping) {
    ChildProcess server = start({notify}, {"--listen=127.0.0.1:0"});
    const std::string first = manager.hear();
    EXPECT_THAT(first, HasSubstr("READY=1"));
    EXPECT_THAT(first, HasSubstr("STATUS=0 settings at revision"));
    server.signal(SIGHUP);
    const std::string reloading = manager.hear();
    EXPECT_THAT(reloading, HasSubstr("RELOADING=1"));
    EXPECT_THAT(reloading, HasSubstr("MONOTONIC_USEC="));
    EXPECT_THAT(manager.hear(), HasSubstr("READY=1"));
    server.signal(SIGTERM);
    EXPECT_TRUE(manager.hears("STOPPING=1"));
    EXPECT_EQ(server.wait(20s), 0);
}

TEST_F(UnderAManager, AWatchdogIsFedAsLongAsTheLoopTurns) {
    ChildProcess server = start({notify, "WATCHDOG_USEC=300000"}, {"--listen=127.0.0.1:0"});
    ASSERT_TRUE(manager.hears("READY=1"));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(manager.hears("WATCHDOG=1"));
    server.signal(SIGSTOP);
    manager.forget();
    EXPECT_EQ(manager.hear(700ms), "") << "it stands still, and says that it lives";
    server.signal(SIGCONT);
    EXPECT_TRUE(manager.hears("WATCHDOG=1"));
}

TEST_F(UnderAManager, AWatchdogOfAnotherProcessIsNotFed) {
    ChildProcess server = start({notify, "WATCHDOG_USEC=100000", "WATCHDOG_PID=1"}, {"--listen=127.0.0.1:0"});
    ASSERT_TRUE(manager.hears("READY=1"));
    EXPECT_THAT(manager.hear(500ms), testing::Not(HasSubstr("WATCHDOG=1")));
}

TEST_F(UnderAManager, ServesTheSocketThatItIsGiven) {
    const ListeningSocket socket;
    ChildProcess server = start({notify}, {"--listen=127.0.0.1:1"}, &socket);
    ASSERT_TRUE(manager.hears("READY=1"));
    load::HttpClient client(load::Endpoint{"127.0.0.1", socket.port()});
    EXPECT_EQ(client.get("/readyz").status, 200U);
    server.signal(SIGHUP);
    ASSERT_TRUE(manager.hears("READY=1"));
    EXPECT_EQ(client.get("/readyz").status, 200U) << "a reload leaves it where it is";
}

TEST_F(UnderAManager, WhoComesWhileNobodyServesIsServedByTheNext) {
    const ListeningSocket socket;
    const load::Endpoint endpoint{"127.0.0.1", socket.port()};
    {
        ChildProcess first = start({notify}, {}, &socket);
        ASSERT_TRUE(manager.hears("READY=1"));
        load::HttpClient(endpoint).put("/config/app/a", "1", {{"Content-Type", "text/plain"}});
        first.signal(SIGTERM);
        EXPECT_EQ(first.wait(20s), 0);
    }
    // The kernel's queue takes them: nobody is refused, and nobody is told that the server is not ready yet.
    std::vector<std::future<std::string>> waiting;
    for (int i = 0; i < 8; ++i)
        waiting.push_back(std::async(
            std::launch::async, [endpoint] { return load::HttpClient(endpoint).get("/config/app/a?raw=true").body; }));
    ChildProcess second = start({notify}, {}, &socket);
    for (auto& answer : waiting) EXPECT_EQ(answer.get(), "1");
    EXPECT_TRUE(manager.hears("READY=1"));
}

#ifdef CONFCAST_WITH_ETCD
TEST_F(UnderAManager, WhoComesWhileTheStoreIsAwayIsToldSo) {
    const ListeningSocket socket;
    store = "etcd:127.0.0.1:1";
    ChildProcess server = start({notify}, {}, &socket);
    load::HttpClient client(load::Endpoint{"127.0.0.1", socket.port()});
    EXPECT_EQ(client.get("/livez").status, 200U) << "after a moment";
    EXPECT_EQ(client.get("/readyz").status, 503U);
}
#endif

TEST_F(UnderAManager, ASocketThatIsOpenToAllWantsCredentialsAsAnyDoes) {
    const ListeningSocket socket("0.0.0.0");
    ChildProcess server = start({}, {"--listen=127.0.0.1:0"}, &socket);
    EXPECT_EQ(server.wait(20s), 1);
    EXPECT_THAT(server.output(), HasSubstr("would let anybody on the network change settings"));
    ChildProcess knowing = start({notify}, {"--insecure-no-auth"}, &socket);
    EXPECT_TRUE(manager.hears("READY=1"));
}

TEST_F(UnderAManager, WhatIsNoSocketThatListensIsRefused) {
    std::vector<std::string> argv{
        "/bin/sh",        "-c",      R"(exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@")",
        Server::binary(), "--store", "sqlite:" + (directory.path() / "data").string()};
    ChildProcess server(argv, directory.path() / "log");
    EXPECT_EQ(server.wait(20s), 1);
    EXPECT_THAT(server.output(), HasSubstr("no socket that listens"));
}

}  // namespace
}  // namespace confcast::test
