// Which writes may not share their revision with others that have nothing to do with them, in a store that makes
// several writes at once: those of which something is told that is a fact about the whole revision.
#pragma once

#include "confcast/store/layout.hpp"
#include "confcast/store/types.hpp"

namespace confcast::store {

/// True for one that brings a trace (the update of its revision names one), and for one that makes a notification (a
/// stream that is cut off between two things of one revision is told the first again).
bool needs_own_revision(const Transaction& transaction, const Layout& layout);

}  // namespace confcast::store
