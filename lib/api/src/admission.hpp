// May these keys be written now, by this caller? Asked once for each write, before the store is.
#pragma once

#include <span>
#include <string_view>

#include "services.hpp"

namespace confcast::api {

struct PlannedWrite {
    std::string_view key;             // or a topic
    std::optional<std::size_t> size;  // of the value that is put; nothing for what takes no room (delete, notification)
};

/// Errors: not_allowed ("key"); overloaded; quota_exceeded ("namespace", "size", "limit", "unit"); too_many_writes
/// ("namespace", "limit", "retry_after"). A dry run is not counted as a write. What other nodes write at the same
/// moment is not seen: a quota may be passed by what they have under way.
Result<> admit(Call& call, std::span<const PlannedWrite> writes, bool dry_run);

/// not_allowed ("key") unless the caller may read or write it: a condition tells when a setting was last changed.
Result<> admit_condition(const Call& call, std::string_view key);

/// admin_required unless the caller is one.
Result<> admit_admin(const Call& call);

/// Whether the setting is there for this caller.
bool may_read(const Call& call, std::string_view key);

}  // namespace confcast::api
