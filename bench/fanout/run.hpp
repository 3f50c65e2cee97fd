// One run: connect everybody, publish, wait until everybody has everything, judge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/ledger.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/load/process_stats.hpp"
#include "options.hpp"
#include "publisher.hpp"
#include "report.hpp"
#include "swarm.hpp"

namespace confcast::fanout {

class Run final : private SwarmEvents, private PublisherEvents {
  public:
    explicit Run(const Options& options);
    Report execute();

  private:
    using TimePoint = load::Clock::time_point;
    /// A publication that not every fast subscriber has yet.
    struct Flight {
        TimePoint started;
        std::size_t remaining = 0;
        bool answered = false;
        bool done = false;
    };

    void on_welcome(std::size_t subscriber, std::uint64_t position) override;
    void on_message(std::size_t subscriber, load::PushMessage message) override;
    void on_end(std::size_t subscriber, std::string_view why) override;
    void on_answer(std::size_t publication, std::uint64_t revision) override;

    void connect_all();
    void stay_idle();
    void publish_closed_loop(std::size_t count, double seconds);
    void publish_at_rate(std::size_t count, double seconds);
    void publish_one(TimePoint started);
    void finish_flights();
    void finish_slow();
    void measure(const std::function<void()>& publish);

    /// Handles what is ready, waiting at most so long.
    void pump(int milliseconds);
    void delivered(std::size_t publication);
    void covered(std::size_t subscriber, std::uint64_t from, std::uint64_t to);
    void drop_debts(std::size_t subscriber);
    void settle(std::size_t publication);
    void note_error(std::string_view what);
    std::optional<load::ProcessStats> server() const;
    bool is_patient(TimePoint since) const;

    const Options& options_;
    const std::string key_prefix_;
    load::Poller poller_;
    load::Ledger ledger_;
    Swarm swarm_;
    std::optional<Publisher> publisher_;
    Report report_;
    std::vector<Flight> flights_;    // by publication
    std::vector<std::size_t> open_;  // publications under way, in no order
    TimePoint last_progress_;
    bool measuring_ = false;
};

}  // namespace confcast::fanout
