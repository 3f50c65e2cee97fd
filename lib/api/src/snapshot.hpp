// GET /api/v1/snapshot: all settings and tokens as they were at one revision, as a dump (confcast/backup/dump.hpp).
// Read from the store's history page by page while writers go on; a page is made when the one before it has been taken.
#pragma once

#include "services.hpp"

namespace confcast::api {

/// Dumps under way at the same time, on one node.
inline constexpr std::size_t max_snapshots = 2;

/// The permission admin and read:**, for the dump has everything. A body without the dump's last line, and without the
/// last chunk, is one that could not be brought to its end.
Awaitable<Result<http::Response>> get_snapshot(Call& call);

}  // namespace confcast::api
