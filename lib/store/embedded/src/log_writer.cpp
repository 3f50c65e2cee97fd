#include "log_writer.hpp"

#include <algorithm>

namespace confcast::store {

Result<> check_transaction(const Transaction& transaction) {
    constexpr auto limit = static_cast<std::int64_t>(max_transaction_operations);
    if (transaction.puts.size() + transaction.deletes.size() > max_transaction_operations ||
        transaction.compares.size() > max_transaction_operations)
        return Error(Errc::too_many_operations).with("limit", limit);

    std::vector<std::string_view> keys;
    keys.reserve(transaction.puts.size() + transaction.deletes.size());
    for (const auto& put : transaction.puts) keys.emplace_back(put.key);
    for (const auto& key : transaction.deletes) keys.emplace_back(key);
    std::sort(keys.begin(), keys.end());
    if (!keys.empty() && keys.front().empty())
        return Error(Errc::invalid_key).with("key", "").with("rule", "a key has at least one byte");
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) return Error(Errc::duplicate_key).with("key", *twice);
    return {};
}

LogWriter::LogWriter(Database& database)
    : database_(database),
      reader_(database),
      indexer_(reader_),
      leases_(database),
      insert_(database,
              "INSERT INTO log (id, key, create_revision, version, lease, time_ms, value) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      set_oldest_(database, "UPDATE meta SET value = ?1 WHERE name = 'oldest'"),
      probe_(database, "UPDATE meta SET value = value + 1 WHERE name = 'probe'"),
      begin_(database, "BEGIN IMMEDIATE"),
      commit_(database, "COMMIT") {
    // Commit times only grow, whatever the wall clock did since: retention by age searches them.
    newest_time_ms_ = database.integer("SELECT time_ms FROM log ORDER BY id DESC LIMIT 1");
}

void LogWriter::begin() {
    // SQLite would go on writing into a deleted file, and every acknowledgement would be a lie.
    if (database_.moved()) throw SqliteError(SQLITE_READONLY_DBMOVED, 0, "the file is not where it was");
    begin_.run();
    head_ = reader_.head();
    reader_.catch_up();
    oldest_moved_ = false;
    rows_added_ = 0;
    changes_.clear();
}

void LogWriter::commit() { commit_.run(); }

void LogWriter::rollback() {
    changes_.clear();
    reader_.tail().clear();
    indexer_.start_over();
    if (database_.in_transaction()) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool LogWriter::compares_hold(const Transaction& transaction, std::vector<Revision>& current) {
    bool hold = true;
    current.reserve(transaction.compares.size());
    for (const auto& compare : transaction.compares) {
        const auto row = reader_.latest(compare.key);
        const auto revision = row && row->present() ? row->mod_revision : 0;
        const bool equal = revision == compare.mod_revision;
        hold = hold && equal == (compare.relation == Compare::Relation::equal);
        current.push_back(revision);
    }
    return hold;
}

Result<TransactionResult> LogWriter::apply(Transaction& transaction, std::int64_t time_ms) {
    TransactionResult result;
    result.revision = head_;
    if (!compares_hold(transaction, result.current)) return result;
    result.succeeded = true;
    result.current.clear();

    for (const auto& put : transaction.puts)
        if (put.lease != 0 && !leases_.exists(put.lease)) return Error(Errc::lease_not_found).with("lease", put.lease);

    std::vector<Row> rows;
    rows.reserve(transaction.puts.size() + transaction.deletes.size());
    for (std::size_t i = 0; i < transaction.puts.size(); ++i) {
        auto& put = transaction.puts[i];
        rows.push_back({put.key, &put, reader_.latest(put.key).value_or(LatestRow{}), i});
    }
    for (const auto& key : transaction.deletes) {
        const auto before = reader_.latest(key).value_or(LatestRow{});
        result.deleted.push_back(before.present());
        if (before.present()) rows.push_back({key, nullptr, before, 0});
    }
    if (rows.empty()) return result;
    result.puts.resize(transaction.puts.size());
    append(rows, time_ms, &result.puts);
    result.revision = head_;
    return result;
}

void LogWriter::append(std::vector<Row>& rows, std::int64_t time_ms, std::vector<KeyValue>* puts) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    newest_time_ms_ = std::max(newest_time_ms_, time_ms);
    ++head_;
    auto& batch = changes_.emplace_back();
    batch.revision = head_;
    batch.events.reserve(rows.size());
    auto id = first_id(head_);
    for (const Row& row : rows) {
        if (row.before.lease != 0) leases_.detach(row.before.lease, row.key);
        if (row.put == nullptr) {
            batch.events.push_back(append_delete(id++, row, newest_time_ms_));
            continue;
        }
        auto& event = batch.events.emplace_back(append_put(id++, row, newest_time_ms_));
        auto& answer = (*puts)[row.index];
        answer.create_revision = event.kv.create_revision;
        answer.mod_revision = event.kv.mod_revision;
        answer.version = event.kv.version;
        answer.lease = event.kv.lease;
        answer.key = event.kv.key;
        event.kv.value = std::move(row.put->value);
    }
}

Event LogWriter::append_put(std::int64_t id, const Row& row, std::int64_t time_ms) {
    Event event;
    event.kv.key = row.key;
    event.kv.mod_revision = head_;
    event.kv.create_revision = row.before.present() ? row.before.create_revision : head_;
    event.kv.version = row.before.version + 1;
    event.kv.lease = row.put->lease;
    if (event.kv.lease != 0) leases_.attach(event.kv.lease, row.key);
    insert_.run(id, row.key, event.kv.create_revision, event.kv.version, event.kv.lease, time_ms,
                std::string_view(row.put->value));
    note(row.key, {id, event.kv.create_revision, event.kv.version, event.kv.lease});
    return event;
}

Event LogWriter::append_delete(std::int64_t id, const Row& row, std::int64_t time_ms) {
    Event event;
    event.type = Event::Type::del;
    event.kv.key = row.key;
    event.kv.mod_revision = head_;
    constexpr std::int64_t none = 0;
    insert_.run(id, row.key, none, none, none, time_ms, nullptr);
    note(row.key, {id});
    return event;
}

void LogWriter::note(std::string_view key, const TailRow& row) {
    reader_.tail().add(key, row);
    ++rows_added_;
}

Result<Lease> LogWriter::grant(std::int64_t ttl_s) { return leases_.grant(ttl_s); }

Result<> LogWriter::end_lease(LeaseId id, std::int64_t time_ms) {
    if (!leases_.exists(id)) return Error(Errc::lease_not_found).with("lease", id);
    // A revision has room for 2^20 rows: a lease of more keys than that (nobody has one) ends in several.
    constexpr auto most = static_cast<std::size_t>(places_in_revision);
    for (;;) {
        const auto keys = leases_.attached(id, most);
        if (keys.empty()) break;
        std::vector<Row> rows;
        rows.reserve(keys.size());
        for (const auto& key : keys) rows.push_back({key, nullptr, reader_.latest(key).value_or(LatestRow{}), 0});
        append(rows, time_ms, nullptr);
    }
    leases_.remove(id);
    return {};
}

Result<> LogWriter::set_oldest(Revision revision) {
    if (const auto oldest = reader_.oldest(); revision <= oldest) return Error(Errc::compacted).with("oldest", oldest);
    if (revision > head_) return Error(Errc::future_revision).with("revision", head_);
    set_oldest_.run(revision);
    oldest_moved_ = true;
    return {};
}

void LogWriter::probe() { probe_.run(); }

}  // namespace confcast::store
