#include "confcast/test/proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace confcast::test {
namespace {

using Clock = std::chrono::steady_clock;

class Fd {
  public:
    explicit Fd(int fd) : fd_(fd) {
        if (fd < 0) throw std::system_error(errno, std::generic_category(), "proxy");
    }
    ~Fd() { ::close(fd_); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void reset(const Fd& fd) {
    const linger now{1, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/// Bytes on their way in one direction.
struct Way {
    struct Chunk {
        Clock::time_point due;
        std::string bytes;
    };
    std::deque<Chunk> chunks;
    std::size_t waiting = 0;
    bool read_ended = false;   // the sender has no more to say
    bool write_ended = false;  // … and the receiver has been told
    bool has_room() const { return waiting < (1U << 20U); }
};

struct Link {
    Link(int accepted, int connected) : client(accepted), server(connected) {}
    Fd client;
    Fd server;
    Way up;    // from the client to the server
    Way down;  // back
    bool gone = false;
    bool half_closed = false;
};

}  // namespace

class Proxy::Loop {
  public:
    explicit Loop(std::uint16_t target)
        : target_(target),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        auto address = loopback(0);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
            ::getsockname(listener_.get(), raw, &size) != 0)
            throw std::system_error(errno, std::generic_category(), "proxy");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~Loop() {
        with([this] { stopping_ = true; });
        thread_.join();
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs it between two turns of the loop's, and wakes the loop.
    void with(const std::function<void()>& what) {
        {
            const std::lock_guard lock(mutex_);
            what();
        }
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
    }
    template <class Read>
    auto read(Read&& what) const {
        const std::lock_guard lock(mutex_);
        return what();
    }

    void cut() {
        for (auto& link : links_) {
            reset(link.client);
            reset(link.server);
        }
        links_.clear();
    }
    void half_close() {
        for (auto& link : links_) {
            ::shutdown(link.client.get(), SHUT_WR);
            link.half_closed = true;
        }
    }

    std::uint16_t port_ = 0;
    std::list<Link> links_;
    std::uint64_t accepted_ = 0;
    bool refusing_ = false;
    bool stalled_ = false;
    std::chrono::milliseconds delay_{0};

  private:
    void run() {
        std::vector<pollfd> entries;
        while (true) {
            int limit = -1;
            {
                const std::lock_guard lock(mutex_);
                if (stopping_) return;
                limit = prepare(entries);
            }
            ::poll(entries.data(), entries.size(), limit);
            std::uint64_t ignored = 0;
            [[maybe_unused]] const auto n = ::read(wake_.get(), &ignored, sizeof ignored);
            const std::lock_guard lock(mutex_);
            accept_all();
            if (!stalled_) carry();
        }
    }

    /// What to wait for; returns for how long.
    int prepare(std::vector<pollfd>& entries) const {
        entries = {{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        if (stalled_) return -1;
        auto limit = std::chrono::milliseconds::max();
        const auto now = Clock::now();
        const auto events = [&](const Way& in, const Way& out) {
            short wanted = 0;
            if (!in.read_ended && in.has_room()) wanted |= POLLIN;
            if (!out.chunks.empty()) {
                const auto left = std::chrono::ceil<std::chrono::milliseconds>(out.chunks.front().due - now);
                if (left.count() <= 0)
                    wanted |= POLLOUT;
                else
                    limit = std::min(limit, left);
            }
            return wanted;
        };
        for (const auto& link : links_) {
            entries.push_back({link.client.get(), events(link.up, link.down), 0});
            entries.push_back({link.server.get(), events(link.down, link.up), 0});
            // A socket of which nothing is wanted would report its end again and again.
            for (auto entry = entries.end() - 2; entry != entries.end(); ++entry)
                if (entry->events == 0) entry->fd = -1;
        }
        return limit == std::chrono::milliseconds::max() ? -1 : static_cast<int>(limit.count());
    }

    void accept_all() {
        for (;;) {
            const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) return;
            ++accepted_;
            const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            auto& link = links_.emplace_back(fd, server);
            const auto address = loopback(target_);
            const bool refused =
                refusing_ || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
            if (refused) {
                reset(link.client);
                links_.pop_back();
                continue;
            }
            const int on = 1;
            for (const int each : {fd, server}) ::setsockopt(each, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ::fcntl(server, F_SETFL, O_NONBLOCK);
        }
    }

    void carry() {
        for (auto& link : links_) {
            take(link, link.client, link.up);
            take(link, link.server, link.down);
            give(link, link.up, link.server);
            if (!link.half_closed) {
                give(link, link.down, link.client);
            } else {
                link.down.chunks.clear();
                link.down.waiting = 0;
            }
            if (link.up.write_ended && (link.down.write_ended || link.half_closed)) link.gone = true;
        }
        links_.remove_if([](const Link& link) { return link.gone; });
    }

    void take(Link& link, const Fd& from, Way& way) const {
        std::array<char, 65'536> bytes;
        while (!link.gone && !way.read_ended && way.has_room()) {
            const auto n = ::recv(from.get(), bytes.data(), bytes.size(), 0);
            if (n < 0) {
                if (errno != EAGAIN && errno != EINTR) fail(link);
                return;
            }
            way.read_ended = n == 0;
            way.waiting += static_cast<std::size_t>(n);
            way.chunks.push_back({Clock::now() + delay_, {bytes.data(), static_cast<std::size_t>(n)}});
        }
    }

    // An empty chunk is the end.
    static void give(Link& link, Way& way, const Fd& to) {
        const auto now = Clock::now();
        while (!link.gone && !way.chunks.empty() && way.chunks.front().due <= now) {
            auto& chunk = way.chunks.front();
            if (chunk.bytes.empty()) {
                ::shutdown(to.get(), SHUT_WR);
                way.write_ended = true;
                way.chunks.pop_front();
                continue;
            }
            const auto n = ::send(to.get(), chunk.bytes.data(), chunk.bytes.size(), MSG_NOSIGNAL);
            if (n < 0) {
                if (errno != EAGAIN && errno != EINTR) fail(link);
                return;
            }
            way.waiting -= static_cast<std::size_t>(n);
            chunk.bytes.erase(0, static_cast<std::size_t>(n));
            if (chunk.bytes.empty()) way.chunks.pop_front();
        }
    }

    // One side has reset its connection: so is the other's.
    static void fail(Link& link) {
        reset(link.client);
        reset(link.server);
        link.gone = true;
    }

    std::uint16_t target_;
    Fd listener_;
    Fd wake_;
    mutable std::mutex mutex_;
    bool stopping_ = false;
    std::thread thread_;
};

Proxy::Proxy(std::uint16_t target) : loop_(std::make_unique<Loop>(target)) {}
Proxy::~Proxy() = default;

std::uint16_t Proxy::port() const { return loop_->port_; }
void Proxy::cut() {
    loop_->with([this] { loop_->cut(); });
}
void Proxy::refuse(bool on) {
    loop_->with([&] { loop_->refusing_ = on; });
}
void Proxy::stall(bool on) {
    loop_->with([&] { loop_->stalled_ = on; });
}
void Proxy::delay(std::chrono::milliseconds length) {
    loop_->with([&] { loop_->delay_ = length; });
}
void Proxy::half_close() {
    loop_->with([this] { loop_->half_close(); });
}
std::size_t Proxy::connections() const {
    return loop_->read([this] { return loop_->links_.size(); });
}
std::uint64_t Proxy::accepted() const {
    return loop_->read([this] { return loop_->accepted_; });
}

}  // namespace confcast::test
