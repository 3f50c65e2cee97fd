// Loads a dump into an empty store and reads it back. Revisions, and the epoch, are the new store's.
#pragma once

#include <functional>

#include "confcast/backup/dump_file.hpp"
#include "confcast/store/store.hpp"

namespace confcast::backup {

struct Restored {
    std::int64_t settings = 0;
    std::int64_t tokens = 0;
    std::int64_t expired = 0;        // settings whose time to live is over by now: not written
    std::int64_t foreign_lease = 0;  // settings with a lease by hand: not written, or they would stay for ever
    store::Revision revision = 0;    // of the store, after it
};

/// `dump` has been checked; `done` is told how many lines are written, now and then. Nothing is written to a store that
/// has anything of confcast below the layout's prefix. Errors: the store's; invalid_parameter (detail "reason": it is
/// not empty, somebody else writes to it, what was read back is not what was written). After one the store may hold a
/// part of the dump.
Awaitable<Result<Restored>> restore(store::Store& store, const store::Layout& layout, DumpFile& dump, SystemTime now,
                                    std::function<void(std::int64_t)> done = {});

}  // namespace confcast::backup
