#include "group.hpp"

#include <algorithm>
#include <utility>

#include "confcast/base/prefetch.hpp"
#include "session.hpp"

namespace confcast::push {
namespace {

// splitmix64's last step: ids are small and close to each other.
std::uint64_t mix(std::uint64_t id) {
    id += 0x9E3779B97F4A7C15U;
    id = (id ^ (id >> 30U)) * 0xBF58476D1CE4E5B9U;
    id = (id ^ (id >> 27U)) * 0x94D049BB133111EBU;
    return id ^ (id >> 31U);
}

std::uint64_t scope_id(const Scope* scope) { return scope == nullptr ? 0 : scope->id; }

// The same in whatever order the filters are.
template <class Filters, class IdOf>
std::uint64_t hash_of(const Filters& filters, const IdOf& id_of, const Scope* scope, bool meta_only) {
    std::uint64_t sum = mix((scope_id(scope) << 1U) | (meta_only ? 1U : 0U));
    for (const auto& filter : filters) sum += mix(mix(id_of(filter)));
    return sum;
}

}  // namespace

void Group::add(Session& session) {
    session.member = static_cast<std::uint32_t>(members_.size());
    members_.push_back(&session);
}

// Those that have been asked stay together at the front: nobody slips from behind to where the round has been.
void Group::remove(Session& session) {
    const auto put = [this](std::uint32_t place, Session* who) {
        members_[place] = who;
        who->member = place;
    };
    std::uint32_t hole = session.member;
    if (hole < asked_) {
        put(hole, members_[--asked_]);
        hole = asked_;
    }
    put(hole, members_.back());
    members_.pop_back();
}

bool Group::note(feed::Revision revision) {
    if (asked_ != 0 && again_ == 0) again_ = revision;
    if (last_ == 0) first_ = revision;
    last_ = revision;
    return !std::exchange(due_, true);
}

Session* Group::next() {
    if (last_ == 0 || asked_ == members_.size()) return nullptr;
    look_ahead();
    return members_[asked_++];
}

// What a member's turn touches is a chain of objects far apart, and the turns before it, each a system call, leave the
// time to follow it: one pointer a turn.
void Group::look_ahead() const {
    const auto after = [this](std::size_t others) {
        return asked_ + others < members_.size() ? members_[asked_ + others] : nullptr;
    };
    if (const Session* session = after(4)) prefetch(session, sizeof *session);
    for (const unsigned others : {3U, 2U, 1U})
        if (Session* session = after(others)) session->prepare_turn(others);
}

bool Group::end_round() {
    asked_ = 0;
    first_ = std::exchange(again_, 0);
    if (first_ == 0) last_ = 0;
    due_ = first_ != 0;
    return due_;
}

Groups::~Groups() {
    for (const auto& [hash, group] : groups_) index_.remove_all(*group);
}

void Groups::move(Session& session, std::span<const Filter> filters, const ScopePtr& scope, bool meta_only) {
    // First the new one: a filter that both have stays in the index.
    Group& group = get(filters, scope, meta_only);
    if (session.group() == &group) return;
    leave(session);
    group.add(session);
    held_ += group.filters().size();
    session.enter(group);
}

void Groups::leave(Session& session) {
    Group* group = session.group();
    if (group == nullptr) return;
    session.leave_group();
    held_ -= group->filters().size();
    group->remove(session);
    if (!group->due_) drop_empty(*group);
}

// A crowd that goes at once may have had a hundred filters each.

void Groups::drop_empty(Group& group) {
    if (!group.empty() || group.left_) return;
    if (!allowance_.filters.is_spent() && left_.empty()) {
        drop(group);
        return;
    }
    group.left_ = true;
    left_.push_back(&group);
}

void Groups::drop_left() {
    while (!left_.empty() && !allowance_.filters.is_spent()) {
        Group& group = *left_.front();
        left_.pop_front();
        group.left_ = false;
        // Somebody may have come, or a change: then it is looked at again after the round.
        if (group.empty() && !group.due_) drop(group);
    }
}

void Groups::drop(Group& group) {
    allowance_.filters.spend(std::max<std::size_t>(group.filters().size(), 1));
    index_.remove_all(group);
    const auto [begin, end] = groups_.equal_range(group.hash_);
    groups_.erase(std::find_if(begin, end, [&group](const auto& one) { return one.second.get() == &group; }));
}

Group& Groups::get(std::span<const Filter> filters, const ScopePtr& scope, bool meta_only) {
    wanted_.clear();
    bool known = true;
    for (const Filter& filter : filters) {
        const FilterBucket* bucket = index_.find(filter.kind, filter.text);
        known = known && bucket != nullptr;
        if (bucket != nullptr) wanted_.push_back(bucket);
    }
    if (known) {
        std::ranges::sort(wanted_, {}, &FilterBucket::id);
        const auto doubled = std::ranges::unique(wanted_);
        wanted_.erase(doubled.begin(), doubled.end());
        const auto id_of = [](const FilterBucket* bucket) { return bucket->id; };
        if (Group* group = find(scope, meta_only, hash_of(wanted_, id_of, scope.get(), meta_only))) return *group;
    }
    auto made = std::make_unique<Group>(++last_id_, scope, meta_only);
    Group& group = *made;
    for (const Filter& filter : filters) index_.add(group, filter.kind, filter.text);
    const auto id_of = [](const FilterLink& link) { return link.bucket->id; };
    group.hash_ = hash_of(group.filters(), id_of, scope.get(), meta_only);
    groups_.emplace(group.hash_, std::move(made));
    return group;
}

Group* Groups::find(const ScopePtr& scope, bool meta_only, std::uint64_t hash) const {
    const auto [begin, end] = groups_.equal_range(hash);
    for (auto at = begin; at != end; ++at) {
        Group& group = *at->second;
        if (group.meta_only() == meta_only && scope_id(group.scope()) == scope_id(scope.get()) && is_of_wanted(group))
            return &group;
    }
    return nullptr;
}

bool Groups::is_of_wanted(const Group& group) const {
    return group.filters().size() == wanted_.size() &&
           std::ranges::all_of(group.filters(), [this](const FilterLink& link) {
               return std::ranges::binary_search(wanted_, link.bucket->id, {}, &FilterBucket::id);
           });
}

}  // namespace confcast::push
