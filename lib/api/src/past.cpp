#include "past.hpp"

#include <algorithm>
#include <utility>

namespace confcast::api {
namespace {

// Values can be a mebibyte each: a page is read in steps, small at first and larger while they stay small in bytes, so
// that it ends near its byte limit.
constexpr std::size_t first_step = 8;
constexpr std::size_t largest_step = 256;
constexpr std::size_t small_step_bytes = 256U << 10U;

feed::EntryPtr join(const store::Layout& layout, store::KeyValue kv, const std::vector<store::KeyValue>& records) {
    auto entry = std::make_shared<feed::Entry>();
    entry->key = layout.place_of(kv.key).key;
    entry->value = std::move(kv.value);
    entry->create_revision = kv.create_revision;
    entry->mod_revision = kv.mod_revision;
    entry->version = kv.version;
    const std::string meta_key = layout.meta_key(entry->key);
    const auto record = std::ranges::lower_bound(records, meta_key, {}, &store::KeyValue::key);
    if (record != records.end() && record->key == meta_key && record->mod_revision == kv.mod_revision)
        entry->meta = store::decode_metadata(record->value).value_or(store::Metadata{});
    return entry;
}

// The smallest string greater than `text`.
std::string successor(std::string text) {
    text += '\0';
    return text;
}

}  // namespace

Awaitable<Result<feed::EntryPtr>> read_past(store::Store& store, const store::Layout& layout, std::string key,
                                            store::Revision at) {
    store::RangeRequest wanted{store::KeyRange::single(layout.entry_key(key)), at, 0, false};
    Result<store::RangeResult> found = co_await store.range(std::move(wanted));
    if (!found) co_return found.error();
    if (found->kvs.empty()) co_return feed::EntryPtr{};
    store::RangeRequest beside{store::KeyRange::single(layout.meta_key(key)), at, 0, false};
    Result<store::RangeResult> records = co_await store.range(std::move(beside));
    if (!records) co_return records.error();
    co_return join(layout, std::move(found->kvs.front()), records->kvs);
}

Awaitable<Result<PastPage>> list_past(store::Store& store, const store::Layout& layout, std::string prefix,
                                      std::string after, store::Revision at, std::size_t limit, std::size_t max_bytes) {
    PastPage page;
    std::size_t bytes = 0;
    std::size_t step = first_step;
    store::KeyRange rest = store::KeyRange::prefix(layout.entry_key(prefix));
    if (!after.empty()) rest.begin = std::max(rest.begin, successor(layout.entry_key(after)));
    for (;;) {
        const std::size_t wanted = std::min(step, limit - page.entries.size());
        store::RangeRequest request{rest, at, static_cast<std::int64_t>(wanted), false};
        Result<store::RangeResult> found = co_await store.range(std::move(request));
        if (!found) co_return found.error();
        page.more = found->more;
        if (found->kvs.empty()) co_return page;

        const std::string_view first = layout.place_of(found->kvs.front().key).key;
        const std::string_view last = layout.place_of(found->kvs.back().key).key;
        store::RangeRequest beside{{layout.meta_key(first), successor(layout.meta_key(last))}, at, 0, false};
        Result<store::RangeResult> records = co_await store.range(std::move(beside));
        if (!records) co_return records.error();

        rest.begin = successor(found->kvs.back().key);
        const std::size_t bytes_before = bytes;
        for (store::KeyValue& kv : found->kvs) {
            bytes += kv.value.size();
            page.leases.push_back(kv.lease);
            page.entries.push_back(join(layout, std::move(kv), records->kvs));
        }
        if (!page.more || page.entries.size() >= limit || bytes >= max_bytes) co_return page;
        if (bytes - bytes_before <= small_step_bytes) step = std::min(2 * step, largest_step);
    }
}

}  // namespace confcast::api
