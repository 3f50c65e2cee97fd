// If-Match and If-None-Match (RFC 9110, 13.1) over entity tags that are a setting's mod_revision: "42".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"
#include "confcast/store/types.hpp"

namespace confcast::api {

/// One header: `*`, or a list of entity tags.
struct EntityTags {
    struct Tag {
        store::Revision revision = 0;  // 0 for a tag that is not one of ours: it matches nothing
        bool weak = false;
    };
    bool any = false;
    std::vector<Tag> tags;

    /// Does it match a setting at this mod_revision (0 = not there)? A strong comparison never matches a weak tag.
    bool matches(store::Revision mod_revision, bool strong) const;
};

struct Conditions {
    std::optional<EntityTags> if_match;
    std::optional<EntityTags> if_none_match;

    bool empty() const { return !if_match && !if_none_match; }
    /// Would a write to a setting at this mod_revision (0 = not there) be allowed?
    bool allow_write(store::Revision mod_revision) const;
    /// The compares that hold exactly when the write is allowed, whatever happens meanwhile. `seen` is the mod_revision
    /// that the caller has just read: needed (only) when needs_reading(), because a store's compares are joined by
    /// "and".
    std::vector<store::Compare> compares(const std::string& store_key, store::Revision seen) const;
    bool needs_reading() const { return if_match && !if_match->any && if_match->tags.size() != 1; }
};

/// Errors: invalid_header (details "name", "rule").
Result<Conditions> read_conditions(const http::Request& request);

/// The tag of a setting: "42" with its quotes.
std::string entity_tag(store::Revision mod_revision);

}  // namespace confcast::api
