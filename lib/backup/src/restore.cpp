#include "confcast/backup/restore.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace confcast::backup {
namespace {

// Under etcd's limits for one request: 128 operations, 1.5 MiB.
constexpr std::size_t most_operations = 120;
constexpr std::size_t most_bytes = 512U << 10U;
constexpr std::int64_t read_step = 64;

Error refuse(std::string_view reason) { return Error(Errc::invalid_parameter).with("reason", reason); }

bool has_metadata(const DumpSetting& setting) { return setting.meta != store::Metadata{}; }

class Restorer {
  public:
    Restorer(store::Store& store, const store::Layout& layout, DumpFile& dump, SystemTime now,
             std::function<void(std::int64_t)> done)
        : store_(store), layout_(layout), dump_(dump), done_(std::move(done)) {
        const SystemTime then{std::chrono::milliseconds{dump.header().time_ms}};
        elapsed_s_ = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - then).count());
    }

    Awaitable<Result<Restored>> run();

  private:
    enum class Fate : std::uint8_t { stays, expired, foreign_lease };
    Fate fate_of(const DumpSetting& setting) const;
    Awaitable<Result<>> check_empty();
    Awaitable<Result<>> write_all();
    Awaitable<Result<>> write(DumpSetting setting);
    Awaitable<Result<>> write(DumpToken token);
    Awaitable<Result<>> make_room(std::size_t operations, std::size_t bytes);
    Awaitable<Result<>> flush();
    void put(std::string key, std::string value, store::LeaseId lease);
    Awaitable<Result<>> compare_all();
    Awaitable<Result<>> compare(DumpSetting setting);
    Awaitable<Result<>> compare(DumpToken token);
    Awaitable<Result<>> read_settings_from(std::string key);

    store::Store& store_;
    const store::Layout& layout_;
    DumpFile& dump_;
    std::function<void(std::int64_t)> done_;
    std::int64_t elapsed_s_ = 0;  // since the dump was made
    Restored restored_;
    store::Transaction batch_;
    std::size_t batch_bytes_ = 0;
    // Of what is read back: a stretch of settings, and what is remembered of them.
    std::vector<store::KeyValue> entries_;
    std::vector<store::KeyValue> records_;
    std::size_t at_ = 0;
    bool more_ = true;
};

Restorer::Fate Restorer::fate_of(const DumpSetting& setting) const {
    if (setting.foreign_lease) return Fate::foreign_lease;
    return setting.ttl_left && *setting.ttl_left <= elapsed_s_ ? Fate::expired : Fate::stays;
}

Awaitable<Result<>> Restorer::check_empty() {
    store::RangeRequest anything{layout_.watched(), 0, 1, true};
    const Result<store::RangeResult> found = co_await store_.range(std::move(anything));
    if (!found) co_return found.error();
    if (!found->kvs.empty())
        co_return refuse("the store is not empty: it has " + found->kvs.front().key +
                         ". A dump is restored into an empty one");
    co_return Result<>{};
}

// ---- writing

void Restorer::put(std::string key, std::string value, store::LeaseId lease) {
    batch_bytes_ += key.size() + value.size();
    batch_.compares.push_back({key, store::Compare::Relation::equal, 0});
    batch_.puts.push_back({std::move(key), std::move(value), lease});
}

Awaitable<Result<>> Restorer::flush() {
    if (batch_.puts.empty()) co_return Result<>{};
    batch_bytes_ = 0;
    store::Transaction batch = std::exchange(batch_, {});
    const Result<store::TransactionResult> committed = co_await store_.commit(std::move(batch));
    if (!committed) co_return committed.error();
    if (!committed->succeeded)
        co_return refuse("somebody else writes to the store while it is restored: end every server that uses it");
    restored_.revision = committed->revision;
    if (done_) done_(restored_.settings + restored_.tokens);
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::make_room(std::size_t operations, std::size_t bytes) {
    const bool fits = batch_.puts.size() + operations <= most_operations && batch_bytes_ + bytes <= most_bytes;
    if (fits) co_return Result<>{};
    Result<> flushed = co_await flush();
    co_return flushed;
}

Awaitable<Result<>> Restorer::write(DumpSetting setting) {
    switch (fate_of(setting)) {
        case Fate::expired:
            ++restored_.expired;
            co_return Result<>{};
        case Fate::foreign_lease:
            ++restored_.foreign_lease;
            co_return Result<>{};
        case Fate::stays:
            break;
    }
    store::LeaseId lease = 0;
    if (setting.ttl_left) {
        const Result<store::Lease> granted = co_await store_.grant(*setting.ttl_left - elapsed_s_);
        if (!granted) co_return granted.error();
        lease = granted->id;
    }
    const Result<> room = co_await make_room(2, setting.key.size() + setting.value.size());
    if (!room) co_return room.error();
    put(layout_.entry_key(setting.key), std::move(setting.value), lease);
    if (has_metadata(setting)) put(layout_.meta_key(setting.key), store::encode_metadata(setting.meta), lease);
    ++restored_.settings;
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::write(DumpToken token) {
    const Result<> room = co_await make_room(1, token.record.size());
    if (!room) co_return room.error();
    put(layout_.token_key(token.id), std::move(token.record), 0);
    ++restored_.tokens;
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::write_all() {
    dump_.rewind();
    for (;;) {
        Result<std::optional<DumpFile::Record>> record = dump_.next();
        if (!record) co_return record.error();
        if (!*record) break;
        Result<> written;
        if (auto* setting = std::get_if<DumpSetting>(&**record))
            written = co_await write(std::move(*setting));
        else
            written = co_await write(std::move(std::get<DumpToken>(**record)));
        if (!written) co_return written.error();
    }
    Result<> flushed = co_await flush();
    co_return flushed;
}

// ---- reading back

Error other(std::string_view what, std::string_view key) {
    return refuse(std::string(what) + " \"" + std::string(key) +
                  "\" was read back otherwise than it was written: do not use this store");
}

Awaitable<Result<>> Restorer::read_settings_from(std::string key) {
    store::KeyRange all = store::KeyRange::prefix(layout_.prefix());
    all.begin = std::max(all.begin, layout_.entry_key(key));
    store::RangeRequest wanted{all, 0, read_step, false};
    Result<store::RangeResult> found = co_await store_.range(std::move(wanted));
    if (!found) co_return found.error();
    entries_ = std::move(found->kvs);
    more_ = found->more;
    at_ = 0;
    records_.clear();
    if (entries_.empty()) co_return Result<>{};
    const auto key_of = [this](const store::KeyValue& kv) { return std::string(layout_.place_of(kv.key).key); };
    store::RangeRequest beside{
        {layout_.meta_key(key_of(entries_.front())), layout_.meta_key(key_of(entries_.back())) + '\0'}, 0, 0, false};
    Result<store::RangeResult> records = co_await store_.range(std::move(beside));
    if (!records) co_return records.error();
    records_ = std::move(records->kvs);
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::compare(DumpSetting setting) {
    if (fate_of(setting) != Fate::stays) co_return Result<>{};
    const std::string key = layout_.entry_key(setting.key);
    if (at_ >= entries_.size() && more_) {
        const Result<> read = co_await read_settings_from(setting.key);
        if (!read) co_return read.error();
    }
    if (at_ >= entries_.size() || entries_[at_].key != key) {
        if (setting.ttl_left) co_return Result<>{};  // its time may be over by now
        co_return other("the setting", setting.key);
    }
    const store::KeyValue& entry = entries_[at_++];
    const std::string record_key = layout_.meta_key(setting.key);
    const auto record = std::ranges::lower_bound(records_, record_key, {}, &store::KeyValue::key);
    const bool has_record = record != records_.end() && record->key == record_key;
    const bool same_record =
        has_record == has_metadata(setting) && (!has_record || (record->value == store::encode_metadata(setting.meta) &&
                                                                record->mod_revision == entry.mod_revision));
    if (entry.value != setting.value || !same_record) co_return other("the setting", setting.key);
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::compare(DumpToken token) {
    store::RangeRequest wanted{store::KeyRange::single(layout_.token_key(token.id)), 0, 1, false};
    const Result<store::RangeResult> found = co_await store_.range(std::move(wanted));
    if (!found) co_return found.error();
    if (found->kvs.empty() || found->kvs.front().value != token.record) co_return other("the token", token.id);
    co_return Result<>{};
}

Awaitable<Result<>> Restorer::compare_all() {
    dump_.rewind();
    for (;;) {
        Result<std::optional<DumpFile::Record>> record = dump_.next();
        if (!record) co_return record.error();
        if (!*record) break;
        Result<> same;
        if (auto* setting = std::get_if<DumpSetting>(&**record))
            same = co_await compare(std::move(*setting));
        else
            same = co_await compare(std::move(std::get<DumpToken>(**record)));
        if (!same) co_return same.error();
    }
    co_return Result<>{};
}

Awaitable<Result<Restored>> Restorer::run() {
    const Result<> empty = co_await check_empty();
    if (!empty) co_return empty.error();
    const Result<> written = co_await write_all();
    if (!written) co_return written.error();
    const Result<> compared = co_await compare_all();
    if (!compared) co_return compared.error();
    co_return restored_;
}

}  // namespace

Awaitable<Result<Restored>> restore(store::Store& store, const store::Layout& layout, DumpFile& dump, SystemTime now,
                                    std::function<void(std::int64_t)> done) {
    Restorer restorer(store, layout, dump, now, std::move(done));
    Result<Restored> restored = co_await restorer.run();
    co_return restored;
}

}  // namespace confcast::backup
