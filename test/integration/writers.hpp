// Writers in the background: threads that write as fast as they are answered, and count what was acknowledged.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server.hpp"

namespace confcast::test {

struct WriterPlan {
    std::size_t threads = 8;
    std::string prefix = "load/";  // writes go to <prefix><thread>/<n>, n below `keys`
    std::size_t keys = 50;
    std::size_t value_bytes = 32;
    std::size_t pair_threads = 0;  // further threads, each of transactions over <prefix>pair/<thread>/{a,b}
    std::size_t delete_every = 0;  // every so many writes is a delete; 0 = none
    bool on_allowance = false;     // writes only what allow() has allowed; else as fast as it is answered
};

class Writers {
  public:
    Writers(const Server& server, WriterPlan plan);
    ~Writers() { stop(); }
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    void stop();
    /// So many more writes (several are under way at once, so a few more may happen). For plans with on_allowance: the
    /// test's readers set the pace, and a slow build takes longer instead of falling ever further behind.
    void allow(std::uint64_t writes);
    std::uint64_t acknowledged() const { return acknowledged_; }
    /// The highest revision that was acknowledged.
    std::int64_t last_revision() const { return last_revision_; }
    /// Answers that were refusals, and connections that broke.
    std::uint64_t failures() const { return failures_; }
    /// The last acknowledged value of each key ("" = deleted). Call after stop(). A key whose last write was not
    /// answered is not in it: it may be either.
    const std::map<std::string, std::string>& certain() const { return certain_; }

  private:
    void write(std::size_t thread);
    void write_pairs(std::size_t thread);
    void note(const load::HttpResponse& response);
    /// Waits for the next write's turn; false when it is time to end.
    bool may_write();

    load::Endpoint endpoint_;
    WriterPlan plan_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> acknowledged_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<std::int64_t> last_revision_{0};
    std::mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t allowed_ = 0;
    std::map<std::string, std::string> certain_;
    std::vector<std::thread> threads_;
};

}  // namespace confcast::test
