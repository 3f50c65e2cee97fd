// Is this node fit to serve? Answers at once from what is known; the store is asked in the background, so that a store
// that hangs cannot hang /readyz.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/api/api.hpp"
#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/store/store.hpp"

namespace confcast::api {

std::string_view name_of(HealthState state);

class Health {
  public:
    struct Timing {
        std::chrono::milliseconds interval;
        std::chrono::milliseconds patience;
        std::int64_t lag_revisions;
        std::chrono::milliseconds lag;
    };
    Health(store::Store& store, const feed::Feed& feed, const Clock& clock, Timing timing)
        : store_(store), feed_(feed), clock_(clock), timing_(timing) {}

    /// Other patience from now on.
    void change(Timing timing) { timing_ = timing; }

    /// Asks the store every interval; returns when cancelled.
    Awaitable<> run(Executor executor);
    Awaitable<> ask_store();
    void set_draining() { draining_ = true; }
    bool draining() const { return draining_; }

    struct Check {
        std::string_view name;
        std::string problem;  // empty = passed
        Errc code;            // what the answer's code is when it is the first that failed
        SystemTime since{};   // when it was first seen to pass, or to fail, as it does now
    };
    /// In the order in which a failure is told: server, feed, store, lag.
    std::vector<Check> checks();
    bool passes(std::string_view check) const;
    HealthState state() const;

    /// The store's last word; a default one before the first.
    const store::Status& store_status() const { return status_; }
    /// What the store says of its endpoints now; empty for one in this process.
    std::vector<store::EndpointState> endpoints() const { return store_.endpoints(); }

  private:
    static constexpr std::size_t check_count = 4;
    struct Standing {
        bool passes = false;
        SystemTime since{};  // the epoch: it was never looked at
    };

    std::vector<Check> look() const;
    std::string store_problem() const;
    std::string lag_problem() const;

    store::Store& store_;
    const feed::Feed& feed_;
    const Clock& clock_;
    Timing timing_;
    bool draining_ = false;
    bool answered_ = false;
    SteadyTime answered_at_;
    store::Status status_;
    std::string failure_;  // of the last status() call
    std::array<Standing, check_count> standings_{};
};

}  // namespace confcast::api
