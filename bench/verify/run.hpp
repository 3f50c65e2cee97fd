// One run: a store, a server, subscribers and writers on it, faults for a while, then peace, and the verdict.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backing.hpp"
#include "confcast/verify/dice.hpp"
#include "confcast/verify/fault_plan.hpp"
#include "confcast/verify/stream.hpp"
#include "confcast/verify/workload.hpp"
#include "court.hpp"
#include "node.hpp"
#include "options.hpp"
#include "subscribers.hpp"

namespace confcast::verify {

struct Summary {
    std::size_t subscribers = 0;
    std::uint64_t writes = 0;  // acknowledged
    std::uint64_t faults = 0;
    Verdict verdict;
    std::string to_string() const;
};

class Run {
  public:
    explicit Run(Options options);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// Throws std::runtime_error when the run itself fails, or the server ends by itself.
    Summary execute();

  private:
    void watch_store();
    void disturb();
    void apply(const Fault& fault);
    void restart(std::vector<std::string> more_flags);
    std::vector<std::string> draw_flags();
    /// Everybody has everything, and nothing changes any more: the list that says so.
    Listing settle(Revision& end);
    Listing list(Revision& end) const;
    void check_list(const Listing& list, Revision end);
    void must_be_whole();
    void say(const std::string& words) const;
    const load::Endpoint& endpoint() const;

    Options options_;
    Dice dice_;
    Keys keys_;
    std::filesystem::path directory_;
    std::unique_ptr<Backing> backing_;
    std::optional<Node> node_;
    Court court_;
    std::unique_ptr<Oracle> oracle_;
    std::atomic<bool> stopping_{false};
    std::thread reading_;
    std::optional<Subscribers> subscribers_;
    load::Clock::time_point began_{};
    std::optional<load::Clock::time_point> cure_at_;
    std::uint64_t faults_ = 0;
};

}  // namespace confcast::verify
