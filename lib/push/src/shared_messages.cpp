#include "shared_messages.hpp"

#include <algorithm>

#include "matcher.hpp"
#include "wire.hpp"

namespace confcast::push {
namespace {

// Snapshots of one revision that wait to be shared; with more distinct filters than this sharing is unlikely anyway.
constexpr std::size_t shelf_places = 256;

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
    state.changed_since(since, [&](feed::Revision revision, const feed::KeyChange& change) {
        if (!matcher.matches(change.key) || (view.scope != nullptr && !view.scope->sees(change.key))) return true;
        fits =
            encoder.events() == 0 || encoder.bytes() + estimate(change, view.meta_only) <= options_.coalesce_max_bytes;
        if (fits) encoder.add(revision, change);
        return fits;
    });
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

std::shared_ptr<Snapshot> SharedMessages::snapshot(const View& view) {
    const feed::State& state = feed_.state();
    tidy();
    key_.restart('s');
    add_view(view);
    std::shared_ptr<Snapshot>& place = shelf_[std::string(key_.view())];
    if (place != nullptr) return place;
    place = std::make_shared<Snapshot>(next_snapshot_++, at(state.revision()), collect(state, view.filters, view.scope),
                                       view.meta_only, options_.page_bytes);
    auto made = place;
    if (shelf_.size() > shelf_places) shelf_.clear();
    return made;
}

MessagePtr SharedMessages::page(const Snapshot& snapshot, std::size_t page) {
    key_.restart('p');
    key_.add(snapshot.id()).add(page);
    if (auto shared = cache_.find(key_.view())) return shared;
    const bool last = snapshot.is_last(page);
    const feed::Position position{snapshot.at().epoch, last ? snapshot.at().revision : 0};
    auto message = encode_page(position, snapshot.page(page), !last, snapshot.meta_only());
    cache_.put(key_.view(), message);
    return message;
}

void SharedMessages::tidy() {
    if (shelf_at_ == feed_.state().revision()) return;
    shelf_.clear();
    shelf_at_ = feed_.state().revision();
}

void SharedMessages::forget_all() {
    cache_.clear();
    shelf_.clear();
    shelf_at_ = 0;
    bookmark_ = nullptr;
}

}  // namespace confcast::push
