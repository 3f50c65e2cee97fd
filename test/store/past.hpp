// What a store is to say of its past: every revision's whole state, kept in a map. And random questions and changes to
// compare the two by, the same ones for the same seed.
#pragma once

#include <cstddef>
#include <map>
#include <random>
#include <string>

#include "confcast/store/types.hpp"

namespace confcast::test {

class Past {
  public:
    using State = std::map<std::string, store::KeyValue>;

    /// As a store does it; whether the compares held.
    bool apply(const store::Transaction& transaction);
    void forget_before(store::Revision revision) { states_.erase(states_.begin(), states_.lower_bound(revision)); }

    store::Revision newest() const { return states_.rbegin()->first; }
    store::Revision oldest() const { return states_.begin()->first; }
    const State& at(store::Revision revision) const { return states_.at(revision == 0 ? newest() : revision); }
    /// Of a revision that is still there. The result's revision is newest().
    store::RangeResult range(const store::RangeRequest& request) const;

  private:
    store::Revision mod_revision(const std::string& key) const;
    std::map<store::Revision, State> states_{{1, {}}};
};

class Chooser {
  public:
    explicit Chooser(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }  // not a distribution: those differ between libraries
    bool one_in(std::size_t n) { return below(n) == 0; }

    std::string key() { return "k" + std::to_string(below(60)); }
    store::Transaction transaction(const Past& past);
    /// Also of ranges that have no key, or their end before their beginning; at any revision from oldest() on.
    store::RangeRequest range(const Past& past);

  private:
    std::mt19937 engine_;
};

}  // namespace confcast::test
