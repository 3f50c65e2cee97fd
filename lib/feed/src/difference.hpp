// A list compared with State, in two ways:
//   Difference  everything, while the watch is down: the changes that turn State into what the list says
//   Audit       keys and revisions, while the watch goes on: is there anything that State should have and has not?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "confcast/feed/notification_log.hpp"
#include "confcast/feed/state.hpp"
#include "listing.hpp"

namespace confcast::feed {

/// Precondition: `state` does not change between the first take() and finish().
class Difference {
  public:
    Difference(const State& state, const NotificationLog& log)
        : state_(state), log_(log), at_(state.entries().begin()) {}

    void take(Listing::Item item);
    void take_notification(std::string_view id, const store::KeyValue& kv);
    void finish();

    std::vector<KeyChange> events;  // ascending by key
    std::vector<EntryPtr> amended;  // only the metadata differs: no event

    std::vector<NotificationPtr> notifications;  // ascending by revision; those that the log should have and has not

  private:
    const State& state_;
    const NotificationLog& log_;
    State::Map::const_iterator at_;
};

class Audit {
  public:
    void take(Listing::Item item);

    /// Compares the next `keys` or so; true when there is more to do. `state` may move on in between: what changed
    /// after `at`, the list's revision, is not the list's business. When nothing is wrong, State is as the store was at
    /// `at`. What is wrong may still be under way unless state.revision() >= at was so from the first call on.
    bool compare(const State& state, Revision at, std::size_t keys);
    /// Compares from the first key again.
    void rewind();

    std::size_t listed() const { return listed_.size(); }
    /// Keys that State has not as the store has them.
    std::uint64_t wrong() const { return wrong_; }

  private:
    struct Listed {
        std::string key;
        Revision revision = 0;
        bool has_record = false;
    };
    std::vector<Listed> listed_;
    std::size_t next_ = 0;
    std::string last_;  // State is compared up to here
    std::uint64_t wrong_ = 0;
};

}  // namespace confcast::feed
