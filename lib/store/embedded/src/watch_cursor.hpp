// A watch is a cursor: the revision it wants next. It takes that from the hub's ring, or, far behind, from the log in
// pages of whole revisions; it owns at most one such page.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "confcast/store/store.hpp"
#include "reader.hpp"
#include "watch_hub.hpp"

namespace confcast::store {

/// The public stream. `hub` and `reader` are shared: a stream may outlive the store, and then only says shutting_down.
std::unique_ptr<WatchStream> make_watch(std::shared_ptr<WatchHub> hub, std::shared_ptr<ReaderQueue> reader,
                                        WatchRequest request);

}  // namespace confcast::store
