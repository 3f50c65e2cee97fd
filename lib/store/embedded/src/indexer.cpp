#include "indexer.hpp"

#include <algorithm>

namespace confcast::store {

Indexer::Indexer(LogReader& log)
    : log_(log),
      insert_(log.database(), "INSERT OR IGNORE INTO by_key (key, id) VALUES (?1, ?2)"),
      set_indexed_(log.database(), "UPDATE meta SET value = ?1 WHERE name = 'indexed'") {}

bool Indexer::run_slice(std::size_t rows) {
    Tail& tail = log_.tail();
    if (!goal_) goal_ = tail.newest();
    std::size_t moved = 0;
    for (auto at = tail.by_key().lower_bound(key_); at != tail.by_key().end(); ++at) {
        const Tail::Rows& of_key = at->second;
        auto row = of_key.begin();
        if (at->first == key_) row = std::ranges::upper_bound(of_key, id_, {}, &TailRow::id);
        for (; row != of_key.end() && row->id <= *goal_; ++row) {
            if (moved == rows) return true;
            insert_.run(std::string_view(at->first), row->id);
            ++moved;
            if (at->first != key_) key_ = at->first;
            id_ = row->id;
        }
    }
    set_indexed_.run(*goal_);
    tail.drop_through(*goal_);
    start_over();
    return false;
}

void Indexer::start_over() {
    goal_.reset();
    key_.clear();
    id_ = 0;
}

}  // namespace confcast::store
