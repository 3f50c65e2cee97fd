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
      time_after_(database, "SELECT time_ms FROM log WHERE id > ?1 ORDER BY id LIMIT 1"),
      latest_(database, "SELECT id, create_revision, version, lease FROM log WHERE key = ?1 ORDER BY id DESC LIMIT 1"),
      newest_of_key_(database, "SELECT id FROM log WHERE key = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1"),
      // Both read the index alone.
      newest_from_(database,
                   "SELECT max(id) FROM log INDEXED BY log_key WHERE key >= ?1 AND id <= ?2 GROUP BY key ORDER BY key"),
      newest_between_(database,
                      "SELECT max(id) FROM log INDEXED BY log_key WHERE key >= ?1 AND key < ?3 AND id <= ?2 "
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

std::optional<LatestRow> LogReader::latest(std::string_view key) {
    Rows rows = latest_.query(key);
    if (!rows.next()) return std::nullopt;
    return LatestRow{rows.integer(1), revision_of(rows.integer(0)), rows.integer(2), rows.integer(3)};
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

    if (is_single(request.range)) {
        Rows rows = newest_of_key_.query(std::string_view(request.range.begin), bound);
        if (rows.next()) append_row(rows.integer(0), request.keys_only, result.kvs);
        return result;
    }
    const auto limit = request.limit > 0 ? static_cast<std::size_t>(request.limit) : SIZE_MAX;
    const auto collect = [&](Rows rows) {
        while (rows.next()) {
            if (!append_row(rows.integer(0), request.keys_only || result.kvs.size() == limit, result.kvs)) continue;
            if (result.kvs.size() <= limit) continue;
            result.kvs.pop_back();
            result.more = true;
            return;
        }
    };
    const std::string_view begin = request.range.begin;
    if (request.range.end.empty())
        collect(newest_from_.query(begin, bound));
    else
        collect(newest_between_.query(begin, bound, std::string_view(request.range.end)));
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
