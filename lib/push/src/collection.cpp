#include "collection.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace confcast::push {
namespace {

constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

// So often it starts again, or goes on behind changes that come as fast as it sees them; then it is done in one go.
constexpr std::size_t most_detours = 8;

}  // namespace

Collection::Collection(std::string key, const Wanted& wanted)
    : key_(std::move(key)), scope_(wanted.scope), meta_only_(wanted.meta_only) {
    texts_.reserve(wanted.filters.size());
    filters_.reserve(wanted.filters.size());
    for (const Wanted::Filter& filter : wanted.filters) {
        if (filter.kind == FilterKind::topic) continue;
        texts_.emplace_back(filter.text);
        FilterBucket& own = filters_.emplace_back();
        own.text = texts_.back();
        own.kind = filter.kind;
        pointers_.push_back(&filters_.back());
    }
}

void Collection::begin(const feed::State& state) {
    entries_.clear();
    patches_.clear();
    scan_.emplace(pointers_, scope_.get());
    since_ = state.revision();
}

bool Collection::go_on(const feed::State& state, feed::Position head, std::uint64_t id, std::size_t page_bytes,
                       Share& keys) {
    ++slices_;
    if (slices_ == 1) begin(state);
    if (since_ < state.tombstone_floor()) {
        // What is gone meanwhile is not known any more.
        ++detours_;
        begin(state);
    }
    std::size_t looks = detours_ < most_detours ? keys.left() : everything;
    const std::size_t before = looks;
    bool done = !scan_ || scan_->go_on(state, looks, entries_);
    if (done) {
        scan_.reset();
        done = catch_up(state, looks);
    }
    keys.spend(before - looks);
    if (!done) return false;
    matcher_.reset();
    snapshot_ = std::make_shared<Snapshot>(id, head, patched(std::move(entries_), std::exchange(patches_, {})),
                                           meta_only_, page_bytes);
    return true;
}

bool Collection::catch_up(const feed::State& state, std::size_t& looks) {
    since_ = gather(state, since_, looks, patches_);
    if (since_ == state.revision()) return true;
    ++detours_;
    return false;
}

feed::Revision Collection::gather(const feed::State& state, feed::Revision since, std::size_t& looks,
                                  Patches& patches) {
    if (since == state.revision()) return since;
    if (!matcher_) matcher_.emplace(pointers_);
    feed::Revision seen = since;
    bool all = true;
    state.changed_since(since, [&](feed::Revision revision, const feed::KeyChange& change) {
        // A revision is seen whole, or not at all.
        all = looks > 0 || revision == seen;
        if (!all) return false;
        looks -= looks > 0 ? 1 : 0;
        seen = revision;
        if (matcher_->matches(change.key) && (scope_ == nullptr || scope_->sees(change.key)))
            patches.insert_or_assign(change.key, change.entry);
        return true;
    });
    return all ? state.revision() : seen;
}

std::vector<feed::EntryPtr> Collection::patched(std::vector<feed::EntryPtr> entries, Patches patches) {
    if (patches.empty()) return entries;
    std::vector<feed::EntryPtr> out;
    out.reserve(entries.size() + patches.size());
    auto at = entries.begin();
    for (auto& [key, entry] : patches) {
        const auto place = std::lower_bound(
            at, entries.end(), key, [](const feed::EntryPtr& one, std::string_view text) { return one->key < text; });
        out.insert(out.end(), std::move_iterator(at), std::move_iterator(place));
        at = place;
        if (at != entries.end() && (*at)->key == key) ++at;
        if (entry) out.push_back(std::move(entry));
    }
    out.insert(out.end(), std::move_iterator(at), std::move_iterator(entries.end()));
    return out;
}

std::shared_ptr<Snapshot> Collection::at_head(const feed::State& state, feed::Position head, std::uint64_t id,
                                              std::size_t page_bytes, Share& keys) {
    if (snapshot_->at() == head) return snapshot_;
    const feed::Revision since = snapshot_->at().revision;
    if (snapshot_->at().epoch != head.epoch || since < state.tombstone_floor()) return nullptr;
    Patches patches;
    std::size_t looks = keys.left();
    const std::size_t before = looks;
    const feed::Revision seen = gather(state, since, looks, patches);
    keys.spend(before - looks);
    if (seen != state.revision()) return nullptr;
    return std::make_shared<Snapshot>(id, head, patched(snapshot_->entries(), std::move(patches)), meta_only_,
                                      page_bytes);
}

}  // namespace confcast::push
