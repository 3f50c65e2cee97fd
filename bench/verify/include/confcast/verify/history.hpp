// The store's history as it really was, told by the store itself and not by the server under test: what the streams are
// judged by. Values are kept as fingerprints.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::verify {

using Revision = std::int64_t;

/// A short text that tells values apart and can be printed: the value itself when it is short, else how it begins, its
/// length and a hash.
std::string fingerprint(std::string_view value);

/// One key's change. Of a delete: key and mod_revision only.
struct Event {
    bool is_delete = false;
    std::string key;
    std::string value;  // its fingerprint
    Revision create_revision = 0;
    Revision mod_revision = 0;
    std::int64_t version = 0;
};

class History {
  public:
    using Events = std::vector<const Event*>;
    using Timeline = std::map<std::string, Events, std::less<>>;

    /// Precondition: revisions do not go down. Adding an event again that is there already changes nothing.
    void add(Event event);
    /// All of the store up to this revision has been added.
    void complete_to(Revision revision);
    Revision complete() const { return complete_; }
    /// The store may have compacted from now on: a stream may be told so.
    void compacted() { compacted_ = true; }
    bool was_compacted() const { return compacted_; }

    /// The events of one revision; empty when it changed no setting.
    const Events& at(Revision revision) const;
    /// Calls visit(revision, events) for each revision in (from, to] that has events.
    template <class Visit>
    void between(Revision from, Revision to, Visit&& visit) const {
        for (auto i = revisions_.upper_bound(from); i != revisions_.end() && i->first <= to; ++i)
            visit(i->first, i->second);
    }
    /// Each key's events, oldest first.
    const Timeline& keys() const { return keys_; }
    /// The newest event of a timeline that is not beyond `at`; nullptr when there is none.
    static const Event* newest(const Events& timeline, Revision at);
    const Event* newest(std::string_view key, Revision at) const;
    /// The key's event of exactly that revision; nullptr when there is none.
    const Event* exactly(std::string_view key, Revision revision) const;

  private:
    std::deque<Event> events_;
    std::map<Revision, Events> revisions_;
    Timeline keys_;
    Revision complete_ = 0;
    bool compacted_ = false;
};

}  // namespace confcast::verify
