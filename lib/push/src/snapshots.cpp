#include "snapshots.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace confcast::push {
namespace {

// That wait to be shared; with more distinct filters than this sharing is unlikely anyway.
constexpr std::size_t most_places = 256;

constexpr std::size_t first_looks = 256;  // at each that is new

// So many changes are told after a snapshot of before, rather than that it is made again.
constexpr std::size_t most_changes_since = 256;
// Ticks that it is kept for those who come a little later.
constexpr std::size_t longest_idle = 8;

}  // namespace

// Filters are the same in whatever order they are named.
void Snapshots::make_key(const Wanted& wanted) {
    key_.restart('s');
    key_.add(wanted.meta_only).add(wanted.scope ? wanted.scope->id : 0);
    ordered_.clear();
    for (const Wanted::Filter& filter : wanted.filters)
        if (filter.kind != FilterKind::topic) ordered_.push_back(&filter);
    std::ranges::sort(ordered_, {}, [](const Wanted::Filter* one) { return std::tie(one->kind, one->text); });
    for (const Wanted::Filter* filter : ordered_) {
        key_.add(static_cast<std::uint8_t>(filter->kind)).add(filter->text.size());
        key_.bytes() += filter->text;
    }
}

std::shared_ptr<Collection> Snapshots::get(const Wanted& wanted, feed::Revision not_before) {
    tidy();
    make_key(wanted);
    if (const auto found = places_.find(std::string(key_.view())); found != places_.end()) {
        Place& place = found->second;
        place.idle = 0;
        if (place.done && may_share(*place.done, not_before)) return place.done;
        if (auto under_way = place.under_way.lock()) return under_way;
    }
    auto made = std::make_shared<Collection>(std::string(key_.view()), wanted);
    if (places_.size() >= most_places)
        std::erase_if(places_, [](const auto& place) { return place.second.under_way.expired(); });
    Place& place = places_[made->key()];
    place.done.reset();
    const bool at_once = !is_busy() && !allowance_.keys.is_spent();
    if (at_once && go_on(*made, allowance_.keys)) {
        place.done = made;
        return made;
    }
    place.under_way = made;
    (at_once ? long_ : fresh_).push_back(made);
    return made;
}

bool Snapshots::go_on(Collection& collection, Share& keys) {
    return collection.go_on(feed_.state(), {feed_.position().epoch, feed_.state().revision()}, next_id_++,
                            options_.page_bytes, keys);
}

std::shared_ptr<Snapshot> Snapshots::at_head(Collection& done) {
    return done.at_head(feed_.state(), {feed_.position().epoch, feed_.state().revision()}, next_id_++,
                        options_.page_bytes, allowance_.keys);
}

void Snapshots::work(std::vector<std::uint64_t>& told) {
    const auto end = [&](const std::shared_ptr<Collection>& done) {
        told.insert(told.end(), done->waiting.begin(), done->waiting.end());
        done->waiting.clear();
        if (const auto found = places_.find(done->key()); found != places_.end()) {
            found->second.under_way.reset();
            found->second.done = done;
        }
    };
    Share& keys = allowance_.keys;
    const std::size_t for_long = long_.empty() ? 0 : keys.left() / 2;
    while (!fresh_.empty() && keys.left() > for_long) {
        const auto one = fresh_.front().lock();
        fresh_.pop_front();
        if (!one) continue;
        Share few;
        few.renew(std::min(first_looks, keys.left()));
        const std::size_t before = few.left();
        const bool done = go_on(*one, few);
        keys.spend(before - few.left());
        if (done)
            end(one);
        else
            long_.push_back(one);
    }
    while (!long_.empty() && !keys.is_spent()) {
        const auto one = long_.front().lock();
        if (one && !go_on(*one, keys)) return;
        long_.pop_front();
        if (one) end(one);
    }
}

bool Snapshots::may_share(const Collection& done, feed::Revision not_before) const {
    const feed::Revision at = done.snapshot()->at().revision;
    if (at == feed_.state().revision()) return true;
    const feed::Journal& journal = feed_.journal();
    return at >= not_before && done.is_large() && at >= journal.floor() &&
           static_cast<std::size_t>(journal.end() - journal.after(at)) <=
               std::min(most_changes_since, options_.coalesce_after);
}

bool Snapshots::is_worth_keeping(const Place& place) const {
    return !place.under_way.expired() ||
           (place.done != nullptr && place.idle <= longest_idle && may_share(*place.done, 0));
}

void Snapshots::tidy() {
    if (tidy_at_ == feed_.state().revision()) return;
    tidy_at_ = feed_.state().revision();
    std::erase_if(places_, [this](const auto& place) { return !is_worth_keeping(place.second); });
}

void Snapshots::tick() {
    for (auto& [key, place] : places_) {
        // What no longer changes is as good as new, however long nobody asks: but it is a copy of a part of the state.
        ++place.idle;
    }
    std::erase_if(places_, [this](const auto& place) { return !is_worth_keeping(place.second); });
}

void Snapshots::forget_all() {
    places_.clear();
    fresh_.clear();
    long_.clear();
    tidy_at_ = 0;
}

}  // namespace confcast::push
