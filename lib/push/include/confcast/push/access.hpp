// By what right a client listens: what it may see, and until when. What it may not see does not exist for it: not in
// snapshots, not in updates, not in notifications.
//
// A scope does not change who is told of what else: sessions that see the same events of a revision share its bytes,
// whatever their scopes are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/glob/glob_list.hpp"
#include "confcast/push/filters.hpp"
#include "confcast/store/types.hpp"

namespace confcast::push {

/// The settings and topics whose names one of the globs matches. Made by Hub::scope(), which gives equal ones one id.
struct Scope {
    std::uint64_t id;  // never used again for another one by this hub
    glob::GlobList names;

    bool sees(std::string_view name) const { return names.matches(name); }
    /// Whether all that the filters match is seen. Never true wrongly.
    bool covers(const Filters& filters) const;
};
using ScopePtr = std::shared_ptr<const Scope>;

struct Access {
    std::shared_ptr<const void> holder;  // whose it is; only for who gave the access
    std::string name;                    // the same for people: GET /api/v1/clients
    ScopePtr scope;                      // null: everything
    std::optional<SystemTime> expires;   // the stream is closed then, unless it is renewed
    store::Revision changed = 0;         // when its rights were last changed, if the store knows: a position before it
                                         // says nothing of what has become visible since
};
/// Null: everything, for ever.
using AccessPtr = std::shared_ptr<const Access>;

}  // namespace confcast::push
