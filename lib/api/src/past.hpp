// Settings as they were at a revision: read from the store, entries and what confcast remembers of them joined as the
// feed joins them (a metadata record counts only when its mod_revision equals its entry's).
#pragma once

#include <string>
#include <vector>

#include "confcast/feed/entry.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/store.hpp"

namespace confcast::api {

/// The setting at that revision, null when it was not there. Errors: the store's (compacted, future_revision, …).
Awaitable<Result<feed::EntryPtr>> read_past(store::Store& store, const store::Layout& layout, std::string key,
                                            store::Revision at);

struct PastPage {
    std::vector<feed::EntryPtr> entries;
    std::vector<store::LeaseId> leases;  // of each entry; 0 = none
    bool more = false;
};
/// Settings with the prefix that are greater than `after`, ascending, at most `limit`; ends early at `max_bytes` of
/// values.
Awaitable<Result<PastPage>> list_past(store::Store& store, const store::Layout& layout, std::string prefix,
                                      std::string after, store::Revision at, std::size_t limit, std::size_t max_bytes);

}  // namespace confcast::api
