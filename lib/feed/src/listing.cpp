#include "listing.hpp"

#include <algorithm>

namespace confcast::feed {
namespace {

constexpr std::int64_t first_page = 500;
constexpr std::int64_t least_page = 16;
constexpr std::size_t page_is_small = 2U << 20U;
constexpr std::size_t page_is_large = 8U << 20U;

}  // namespace

Listing::Listing(const store::Layout& layout, Revision at, std::int64_t page, Content content)
    : layout_(layout), max_page_(std::max<std::int64_t>(page, 1)) {
    next_.range = layout.watched();
    next_.at = at;
    next_.limit = std::min(first_page, max_page_);
    next_.keys_only = content == Content::keys_only;
}

const std::string* Listing::record_of(std::string_view key, Revision revision) {
    while (!records_.empty() && records_.front().key < key) records_.pop_front();
    if (records_.empty() || records_.front().key != key) return nullptr;
    const bool counts = records_.front().revision == revision;
    current_ = std::move(records_.front().bytes);
    records_.pop_front();
    return counts ? &current_ : nullptr;
}

bool Listing::take(store::RangeResult page, const std::function<void(Item)>& visit, const NotificationVisitor& notify) {
    if (next_.at == 0) next_.at = page.revision;
    head_ = std::max(head_, page.revision);
    std::size_t bytes = 0;
    if (!page.kvs.empty()) {
        next_.range.begin = page.kvs.back().key;
        next_.range.begin.push_back('\0');
    }
    for (store::KeyValue& kv : page.kvs) {
        bytes += kv.key.size() + kv.value.size();
        const auto place = layout_.place_of(kv.key);
        if (place.kind == store::Layout::Kind::metadata) {
            records_.push_back({std::string(place.key), kv.mod_revision, std::move(kv.value)});
        } else if (place.kind == store::Layout::Kind::notification) {
            if (notify) notify(place.key, kv);
        } else if (place.kind == store::Layout::Kind::token) {
            tokens_.insert_or_assign(std::string(place.key), TokenRecord{std::move(kv.value), kv.mod_revision});
        } else if (place.kind == store::Layout::Kind::entry) {
            if (store::check_key(place.key))
                visit({place.key, kv, record_of(place.key, kv.mod_revision)});
            else
                ++foreign_;
        }
    }
    // Values differ by orders of magnitude: the page follows their size.
    if (bytes > page_is_large)
        next_.limit = std::min(max_page_, std::max(least_page, next_.limit / 4));
    else if (bytes < page_is_small)
        next_.limit = std::min(max_page_, next_.limit * 4);
    return page.more && !page.kvs.empty();
}

}  // namespace confcast::feed
