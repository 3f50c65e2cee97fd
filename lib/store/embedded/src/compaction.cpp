#include "compaction.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace confcast::store {
namespace {

/// The newest revision committed at or before `limit_ms`: as things were then stays readable.
Revision newest_until(LogReader& log, std::int64_t limit_ms, Revision oldest, Revision head) {
    // Commit times only grow with the revisions; every revision above `oldest` still has its rows.
    Revision low = oldest;
    Revision high = head;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto time = log.time_after(middle);
        if (time && *time <= limit_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

}  // namespace

std::optional<Revision> retention_target(LogReader& log, const Retention& retention, std::int64_t now_ms) {
    const auto oldest = log.oldest();
    const auto head = log.head();
    auto target = oldest;
    if (retention.revisions > 0) target = std::max(target, head - retention.revisions);
    if (retention.age.count() > 0)
        target = std::max(target, newest_until(log, now_ms - retention.age.count(), oldest, head));
    if (target <= oldest) return std::nullopt;
    return target;
}

Scrubber::Scrubber(LogReader& log)
    : log_(log),
      place_(log.database(), "SELECT value FROM meta WHERE name = 'scrubbed'"),
      set_place_(log.database(), "UPDATE meta SET value = ?1 WHERE name = 'scrubbed'"),
      window_(log.database(), "SELECT id, key, version FROM log WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"),
      free_before_(log.database(), "DELETE FROM log WHERE id IN (SELECT id FROM by_key WHERE key = ?1 AND id < ?2)"),
      forget_before_(log.database(), "DELETE FROM by_key WHERE key = ?1 AND id < ?2"),
      free_row_(log.database(), "DELETE FROM log WHERE id = ?1"),
      forget_row_(log.database(), "DELETE FROM by_key WHERE key = ?1 AND id = ?2") {}

bool Scrubber::wants_index() { return log_.indexed() < std::min(last_id(log_.oldest()), log_.head_id()); }

bool Scrubber::run_slice(std::int64_t rows) {
    struct Seen {
        std::int64_t id;
        std::string key;
        bool deletion;
    };
    std::vector<Seen> seen;
    std::int64_t place = 0;
    {
        Rows at = place_.query();
        if (at.next()) place = at.integer(0);
        Rows window = window_.query(place, last_id(log_.oldest()), rows);
        while (window.next()) seen.push_back({window.integer(0), std::string(window.blob(1)), window.integer(2) == 0});
    }
    if (seen.empty()) return false;
    // The newest row of all says what the newest revision is: a deletion in that place waits for the next compaction.
    const auto head = log_.head_id();
    bool more = static_cast<std::int64_t>(seen.size()) == rows;
    for (const Seen& row : seen) {
        const std::string_view key = row.key;
        free_before_.run(key, row.id);
        forget_before_.run(key, row.id);
        if (row.deletion && row.id == head) {
            more = false;
            break;
        }
        if (row.deletion) {
            free_row_.run(row.id);
            forget_row_.run(key, row.id);
        }
        place = row.id;
    }
    set_place_.run(place);
    return more;
}

}  // namespace confcast::store
