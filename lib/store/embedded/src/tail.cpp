#include "tail.hpp"

#include <algorithm>

namespace confcast::store {

void Tail::add(std::string_view key, const TailRow& row) {
    auto at = by_key_.lower_bound(key);
    if (at == by_key_.end() || at->first != key) {
        at = by_key_.emplace_hint(at, key, Rows{});
        key_bytes_ += key.size();
    }
    at->second.push_back(row);
    ++count_;
    newest_ = row.id;
}

void Tail::drop_through(std::int64_t id) {
    after_ = std::max(after_, id);
    newest_ = std::max(newest_, id);
    for (auto at = by_key_.begin(); at != by_key_.end();) {
        Rows& rows = at->second;
        const auto kept = std::ranges::upper_bound(rows, id, {}, &TailRow::id);
        count_ -= static_cast<std::size_t>(kept - rows.begin());
        rows.erase(rows.begin(), kept);
        if (rows.empty()) {
            key_bytes_ -= at->first.size();
            at = by_key_.erase(at);
        } else {
            ++at;
        }
    }
}

const TailRow* Tail::newest_of(const Rows& rows, std::int64_t bound) {
    if (rows.back().id <= bound) return &rows.back();
    const auto above = std::ranges::upper_bound(rows, bound, {}, &TailRow::id);
    return above == rows.begin() ? nullptr : &*std::prev(above);
}

const TailRow* Tail::newest_of(std::string_view key, std::int64_t bound) const {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : newest_of(at->second, bound);
}

}  // namespace confcast::store
