#include "log_reader.hpp"

#include <algorithm>

namespace confcast::store {
namespace {

bool is_single(const KeyRange& range) {
    return range.end.size() == range.begin.size() + 1 && range.end.back() == '\0' && range.end.starts_with(range.begin);
}

Event event_of(Rows& row, std::string_view key, Revision revision) {
    Event event;
    event.kv.key = key;
    event.kv.mod_revision = revision;
    event.kv.version = row.integer(3);
    if (event.kv.version == 0) {
        event.type = Event::Type::del;
        return event;
    }
    event.kv.create_revision = row.integer(2);
    event.kv.lease = row.integer(4);
    event.kv.value = row.blob(5);
    return event;
}

}  // namespace

ReadTransaction::~ReadTransaction() {
    // A read has nothing to lose: when even this fails, the next BEGIN says why.
    if (database_.in_transaction()) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

LogReader::LogReader(Database& database)
    : database_(database),
      head_(database, "SELECT id FROM log ORDER BY id DESC LIMIT 1"),
      oldest_(database, "SELECT value FROM meta WHERE name = 'oldest'"),
      indexed_(database, "SELECT value FROM meta WHERE name = 'indexed'"),
      // Values stand last, so that their pages are not touched.
      rows_after_(database, "SELECT id, key, create_revision, version, lease FROM log WHERE id > ?1 ORDER BY id"),
      time_after_(database, "SELECT time_ms FROM log WHERE id > ?1 ORDER BY id LIMIT 1"),
      latest_(database, "SELECT create_revision, version, lease FROM log WHERE id = ?1"),
      newest_of_key_(database, "SELECT id FROM by_key WHERE key = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1"),
      newest_from_(database, "SELECT key, max(id) FROM by_key WHERE key >= ?1 AND id <= ?2 GROUP BY key ORDER BY key"),
      newest_between_(database,
                      "SELECT key, max(id) FROM by_key WHERE key >= ?1 AND key < ?3 AND id <= ?2 "
                      "GROUP BY key ORDER BY key"),
      row_(database, "SELECT id, key, create_revision, version, lease, value FROM log WHERE id = ?1"),
      history_(database,
               "SELECT id, key, create_revision, version, lease, value FROM log WHERE id >= ?1 AND id <= ?2 "
               "ORDER BY id") {}

std::int64_t LogReader::head_id() {
    Rows rows = head_.query();
    return rows.next() ? rows.integer(0) : first_id(first_revision);
}

Revision LogReader::oldest() {
    Rows rows = oldest_.query();
    return rows.next() ? rows.integer(0) : first_revision;
}

std::optional<std::int64_t> LogReader::time_after(Revision revision) {
    Rows rows = time_after_.query(last_id(revision));
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

std::int64_t LogReader::indexed() {
    Rows rows = indexed_.query();
    return rows.next() ? rows.integer(0) : 0;
}

void LogReader::catch_up() {
    if (const auto id = indexed(); id != tail_.after()) tail_.drop_through(id);
    Rows rows = rows_after_.query(tail_.newest());
    while (rows.next()) tail_.add(rows.blob(1), {rows.integer(0), rows.integer(2), rows.integer(3), rows.integer(4)});
}

std::optional<std::int64_t> LogReader::newest_of_key(std::string_view key, std::int64_t bound) {
    // Every row in the tail is newer than those that the index alone has.
    if (const auto* row = tail_.newest_of(key, bound)) return row->id;
    return newest_indexed(key, bound);
}

std::optional<std::int64_t> LogReader::newest_indexed(std::string_view key, std::int64_t bound) {
    Rows rows = newest_of_key_.query(key, bound);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

std::optional<LatestRow> LogReader::latest(std::string_view key) {
    if (const auto* row = tail_.newest_of(key, INT64_MAX))
        return LatestRow{row->create_revision, revision_of(row->id), row->version, row->lease};
    const auto id = newest_indexed(key, INT64_MAX);
    if (!id) return std::nullopt;
    Rows rows = latest_.query(*id);
    if (!rows.next()) return std::nullopt;
    return LatestRow{rows.integer(0), revision_of(*id), rows.integer(1), rows.integer(2)};
}

template <class Visit>
void LogReader::visit_newest(const KeyRange& range, std::int64_t bound, const Visit& visit) {
    Rows indexed = range.end.empty()
                       ? newest_from_.query(std::string_view(range.begin), bound)
                       : newest_between_.query(std::string_view(range.begin), bound, std::string_view(range.end));
    bool has_indexed = indexed.next();
    auto recent = tail_.by_key().lower_bound(range.begin);
    const auto last = range.end.empty() ? tail_.by_key().end() : tail_.by_key().lower_bound(range.end);
    for (bool go_on = true; go_on && (has_indexed || recent != last);) {
        const int order = !has_indexed ? 1 : recent == last ? -1 : indexed.blob(0).compare(recent->first);
        const TailRow* row = order < 0 ? nullptr : Tail::newest_of(recent->second, bound);
        // A key that is in both: a row of the tail is the newer one, or the same (Indexer).
        if (row != nullptr)
            go_on = visit(row->id);
        else if (order <= 0)
            go_on = visit(indexed.integer(1));
        if (order <= 0) has_indexed = indexed.next();
        if (order >= 0) ++recent;
    }
}

bool LogReader::append_row(std::int64_t id, bool keys_only, std::vector<KeyValue>& out) {
    Rows row = row_.query(id);
    if (!row.next() || row.integer(3) == 0) return false;
    auto& kv = out.emplace_back();
    kv.key = row.blob(1);
    kv.create_revision = row.integer(2);
    kv.mod_revision = revision_of(id);
    kv.version = row.integer(3);
    kv.lease = row.integer(4);
    if (!keys_only) kv.value = row.blob(5);
    return true;
}

Result<RangeResult> LogReader::range(const RangeRequest& request) {
    RangeResult result;
    result.revision = head();
    if (request.at > result.revision) return Error(Errc::future_revision).with("revision", result.revision);
    if (request.at != 0)
        if (const auto first = oldest(); request.at < first) return Error(Errc::compacted).with("oldest", first);
    const auto bound = last_id(request.at == 0 ? result.revision : request.at);
    // No key lies in it; in an ordered map such a range would have its end before its beginning.
    if (!request.range.end.empty() && request.range.end <= request.range.begin) return result;

    catch_up();
    if (is_single(request.range)) {
        const auto id = newest_of_key(request.range.begin, bound);
        if (id) append_row(*id, request.keys_only, result.kvs);
        return result;
    }
    const auto limit = request.limit > 0 ? static_cast<std::size_t>(request.limit) : SIZE_MAX;
    visit_newest(request.range, bound, [&](std::int64_t id) {
        if (!append_row(id, request.keys_only || result.kvs.size() == limit, result.kvs)) return true;
        if (result.kvs.size() <= limit) return true;
        result.kvs.pop_back();
        result.more = true;
        return false;
    });
    return result;
}

Result<HistoryPage> LogReader::history(const KeyRange& range, Revision from, Revision to, PageLimits limits) {
    if (const auto first = oldest(); from <= first) return Error(Errc::compacted).with("oldest", first);
    HistoryPage page;
    std::size_t rows_seen = 0;
    std::size_t bytes = 0;
    Revision current = 0;
    Rows rows = history_.query(first_id(from), last_id(to));
    while (rows.next()) {
        const auto revision = revision_of(rows.integer(0));
        if (revision != current) {
            if (rows_seen >= limits.rows || bytes >= limits.bytes) {
                page.complete_to = revision - 1;
                return page;
            }
            current = revision;
        }
        ++rows_seen;
        const auto key = rows.blob(1);
        if (!range.contains(key)) continue;
        if (page.batches.empty() || page.batches.back().revision != revision) page.batches.push_back({revision, {}});
        auto& event = page.batches.back().events.emplace_back(event_of(rows, key, revision));
        bytes += event.kv.key.size() + event.kv.value.size();
    }
    page.complete_to = to;
    return page;
}

}  // namespace confcast::store
