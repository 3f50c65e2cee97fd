#include "confcast/store/own_revision.hpp"

#include <algorithm>

#include "confcast/store/record.hpp"

namespace confcast::store {
namespace {

bool is_told_with_its_revision(const Put& put, const Layout& layout) {
    switch (layout.place_of(put.key).kind) {
        case Layout::Kind::notification:
        case Layout::Kind::trace:
            return true;
        case Layout::Kind::metadata:
            return trace_of(put.value).has_value();
        case Layout::Kind::entry:
        case Layout::Kind::token:
        case Layout::Kind::other:
            return false;
    }
    return false;
}

}  // namespace

bool needs_own_revision(const Transaction& transaction, const Layout& layout) {
    return std::ranges::any_of(transaction.puts,
                               [&](const Put& put) { return is_told_with_its_revision(put, layout); });
}

}  // namespace confcast::store
