// Who watches what. Each subscriber is called first with all that matches, then with what is new, and never from inside
// of a call that it makes itself: whoever comes or goes during a call is seen at the next one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "confcast/client/client.hpp"
#include "local_copy.hpp"

namespace confcast::client {

class Subscriptions {
  public:
    /// What became of the calls since the last outcome was taken.
    struct Outcome {
        std::size_t called = 0;
        bool failed = false;
        std::string key{};    // of the first event of what failed
        std::string error{};  // what was thrown
    };

    /// `begun`: it wants no first call.
    std::uint64_t add(const Filters& filters, Callback callback, bool begun = false);
    void remove(std::uint64_t id) { all_.erase(id); }
    void clear() { all_.clear(); }
    bool empty() const { return all_.empty(); }
    /// All filters together.
    FilterSet wanted() const;

    /// Those who have begun and whose filters are not all in `complete` are told nothing more for now: what they would
    /// be told were true for some of their filters only. `copy` is what they know.
    void pause(const LocalCopy& copy, const FilterSet& complete);
    /// What the paused know belongs to another history.
    void disown();
    /// Calls those whose filters are all in `complete` and who wait for that: with all that matches who has not begun,
    /// with the difference to what they know the paused.
    void begin(const LocalCopy& copy, const FilterSet& complete, const Position& at);
    /// Calls those that have begun and are not paused with what matches of it; `change.cause` is not initial.
    void tell(const Change& change);
    /// No subscriber has been called yet.
    bool untold() const;

    Outcome take_outcome() { return std::exchange(outcome_, {}); }
    /// No subscriber has failed at the last that it was called with.
    bool all_applied() const;

  private:
    struct Subscriber {
        FilterSet filters;
        Callback callback;
        bool begun = false;
        std::optional<LocalCopy> paused{};  // what it knows
        bool failed = false;
    };
    template <class Visit>
    void visit(Visit each);
    void resume(Subscriber& subscriber, const LocalCopy& copy, const Position& at);
    void call(Subscriber& subscriber, const Change& change);

    std::map<std::uint64_t, std::shared_ptr<Subscriber>> all_;
    std::uint64_t last_id_ = 0;
    Outcome outcome_;
};

}  // namespace confcast::client
