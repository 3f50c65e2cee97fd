#include "indexer.hpp"

namespace confcast::store {

Indexer::Indexer(LogReader& log)
    : log_(log),
      insert_(log.database(), "INSERT OR IGNORE INTO by_key (key, id) VALUES (?1, ?2)"),
      set_indexed_(log.database(), "UPDATE meta SET value = ?1 WHERE name = 'indexed'") {}

bool Indexer::run_slice(std::size_t rows) {
    Tail& tail = log_.tail();
    if (!goal_) goal_ = tail.newest();
    std::size_t moved = 0;
    for (auto at = tail.by_key().upper_bound(place_); at != tail.by_key().end(); ++at) {
        if (moved >= rows) return true;
        for (const TailRow& row : at->second) {
            if (row.id > *goal_) break;
            insert_.run(std::string_view(at->first), row.id);
            ++moved;
        }
        place_ = at->first;
    }
    set_indexed_.run(*goal_);
    tail.drop_through(*goal_);
    start_over();
    return false;
}

void Indexer::start_over() {
    goal_.reset();
    place_.clear();
}

}  // namespace confcast::store
