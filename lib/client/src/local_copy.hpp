// What the client knows: the entries under the filters of its subscriptions. Everything that comes in goes through
// here, and what comes out is what is new: no event for what is already known, none for what was never there.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "confcast/client/entry.hpp"
#include "filter_set.hpp"

namespace confcast::client {

class LocalCopy {
  public:
    /// The events that change something, in the order given.
    std::vector<Event> apply(std::vector<Event> events);
    /// `entries` are all there is under `scope` at `at`: the difference, ordered by key.
    std::vector<Event> replace(const FilterSet& scope, std::vector<Entry> entries, Revision at);
    /// What is kept belongs to another history from now on: its revisions say nothing, so values are compared.
    void disown();
    /// From now on a key that is not held may be there all the same, until a list says what there is.
    void hold_a_part() { is_part_ = true; }
    bool is_part() const { return is_part_; }
    /// Forgets what none of them matches.
    void keep_only(const FilterSet& filters);

    /// All that matches, ordered by key, as puts.
    std::vector<Event> matching(const FilterSet& filters) const;
    LocalCopy restricted(const FilterSet& filters) const;
    std::vector<Entry> entries() const;
    std::size_t size() const { return held_.size(); }

  private:
    struct Held {
        Entry entry;
        bool disowned = false;
    };
    bool is_known(const Held& held, const Entry& entry) const;
    bool put(const Entry& entry);

    std::map<std::string, Held, std::less<>> held_;
    bool is_part_ = false;
};

}  // namespace confcast::client
