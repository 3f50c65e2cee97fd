#include "shared_messages.hpp"

#include <algorithm>

#include "matcher.hpp"
#include "wire.hpp"

namespace confcast::push {
namespace {

// To make a page takes about as long as to write so many.
constexpr std::size_t making_a_page = 4;

// Changes that are looked through for one update; who is further behind gets the state, which can be gone through in
// slices.
constexpr std::size_t most_folded = 32'768;

}  // namespace

// Filters are the same when their buckets are, in whatever order they were named.
void SharedMessages::add_view(const View& view) {
    key_.add(view.meta_only).add(view.scope != nullptr ? view.scope->id : 0);
    ids_.clear();
    for (const FilterLink& filter : view.filters) ids_.push_back(filter.bucket->id);
    std::sort(ids_.begin(), ids_.end());
    for (const std::uint64_t id : ids_) key_.add(id);
}

MessagePtr SharedMessages::update(const feed::Change& change, const Subset& subset, feed::Revision told,
                                  bool meta_only) {
    key_.restart('u');
    key_.add(change.revision).add(meta_only);
    if (change.is_difference) key_.add(told);
    subset.append_to(key_.bytes());
    if (auto shared = cache_.find(key_.view())) return shared;

    std::size_t bytes = 0;
    subset.for_each(change, [&](const feed::KeyChange& event) { bytes += estimate(event, meta_only); });
    if (bytes > options_.coalesce_max_bytes && subset.count() > 1) return nullptr;
    UpdateEncoder encoder(at(change.revision), meta_only);
    encoder.reserve(bytes);
    subset.for_each(change, [&](const feed::KeyChange& event) { encoder.add(change.revision, event); });
    auto message = change.is_difference ? std::move(encoder).finish_coalesced(told)
                                        : std::move(encoder).finish(change.traceparent);
    ++stats_.encoded;
    cache_.put(key_.view(), message);
    return message;
}

Coalesced SharedMessages::coalesced(feed::Revision told, feed::Revision since, const View& view) {
    const feed::State& state = feed_.state();
    if (since < state.tombstone_floor()) return {};
    key_.restart('c');
    key_.add(told).add(state.revision());
    add_view(view);
    if (auto shared = cache_.find(key_.view())) return {Coalesced::Outcome::message, std::move(shared)};

    std::vector<FilterBucket*> buckets;
    for (const FilterLink& filter : view.filters) buckets.push_back(filter.bucket);
    Matcher matcher(buckets);
    UpdateEncoder encoder(at(state.revision()), view.meta_only);
    bool fits = true;
    std::size_t looks = 0;
    state.changed_since(since, [&](feed::Revision revision, const feed::KeyChange& change) {
        fits = ++looks <= most_folded;
        if (!fits) return false;
        if (!matcher.matches(change.key) || (view.scope != nullptr && !view.scope->sees(change.key))) return true;
        fits =
            encoder.events() == 0 || encoder.bytes() + estimate(change, view.meta_only) <= options_.coalesce_max_bytes;
        if (fits) encoder.add(revision, change);
        return fits;
    });
    allowance_.keys.spend(looks);
    if (!fits) return {};
    if (encoder.events() == 0) return {Coalesced::Outcome::nothing, nullptr};
    auto message = std::move(encoder).finish_coalesced(told);
    ++stats_.encoded;
    cache_.put(key_.view(), message);
    return {Coalesced::Outcome::message, std::move(message)};
}

MessagePtr SharedMessages::notification(const feed::Notification& notification, feed::Revision seq_id) {
    key_.restart('n');
    key_.add(seq_id).bytes() += notification.id;
    if (auto shared = cache_.find(key_.view())) return shared;
    auto message = encode_notification(at(seq_id), notification);
    ++stats_.encoded;
    cache_.put(key_.view(), message);
    return message;
}

MessagePtr SharedMessages::bookmark(feed::Revision revision) {
    if (bookmark_ == nullptr || bookmark_at_ != revision) {
        bookmark_ = encode_bookmark(at(revision));
        bookmark_at_ = revision;
    }
    return bookmark_;
}

bool SharedMessages::has_page(const Snapshot& snapshot, std::size_t page) {
    key_.restart('p');
    key_.add(snapshot.id()).add(page);
    return cache_.find(key_.view()) != nullptr;
}

MessagePtr SharedMessages::page(const Snapshot& snapshot, std::size_t page) {
    key_.restart('p');
    key_.add(snapshot.id()).add(page);
    if (auto shared = cache_.find(key_.view())) return shared;
    const bool last = snapshot.is_last(page);
    const feed::Position position{snapshot.at().epoch, last ? snapshot.at().revision : 0};
    auto message = encode_page(position, snapshot.page(page), !last, snapshot.meta_only());
    allowance_.pages.spend(making_a_page * message->json().size());
    cache_.put(key_.view(), message);
    return message;
}

void SharedMessages::forget_all() {
    cache_.clear();
    bookmark_ = nullptr;
}

}  // namespace confcast::push
