#include "subscription_index.hpp"

#include <algorithm>

namespace confcast::push {
namespace {

std::size_t link_of(FilterSpan links, FilterKind kind, std::string_view text) {
    std::size_t i = 0;
    while (i < links.size() && !(links[i].bucket->kind == kind && links[i].bucket->text == text)) ++i;
    return i;
}

}  // namespace

bool has_topic(FilterSpan filters, std::string_view topic) {
    return std::ranges::any_of(filters, [topic](const FilterLink& link) {
        return link.bucket->kind == FilterKind::topic && link.bucket->text == topic;
    });
}

bool SubscriptionIndex::has(const Subscriber& who, FilterKind kind, std::string_view text) {
    return link_of(who.links_, kind, text) < who.links_.size();
}

FilterBucket* SubscriptionIndex::find(FilterKind kind, std::string_view text) {
    Buckets& all = buckets(kind);
    const auto found = all.find(text);
    return found == all.end() ? nullptr : &found->second;
}

bool SubscriptionIndex::add(Subscriber& who, FilterKind kind, std::string_view text) {
    if (has(who, kind, text)) return false;
    Buckets& all = buckets(kind);
    auto found = all.find(text);
    if (found == all.end()) {
        found = all.emplace(std::string(text), FilterBucket{}).first;
        found->second.text = found->first;
        found->second.kind = kind;
        found->second.id = next_id_++;
        if (kind == FilterKind::prefix) ++lengths_[text.size()];
        if (kind == FilterKind::glob) trie_.add(found->second);
    }
    FilterBucket& bucket = found->second;
    ++held_;
    bucket.members.push_back({&who, static_cast<std::uint32_t>(who.links_.size())});
    who.links_.push_back({&bucket, static_cast<std::uint32_t>(bucket.members.size() - 1)});
    return true;
}

bool SubscriptionIndex::remove(Subscriber& who, FilterKind kind, std::string_view text) {
    const std::size_t link = link_of(who.links_, kind, text);
    if (link == who.links_.size()) return false;
    unlink(who, link);
    return true;
}

void SubscriptionIndex::remove_from(Subscriber& who, std::size_t keep) {
    while (who.links_.size() > keep) unlink(who, who.links_.size() - 1);
}

// Both ends are vectors in which the last one takes the place of the one that goes: leaving costs the same however
// many others have the filter.
void SubscriptionIndex::unlink(Subscriber& who, std::size_t link) {
    const auto [bucket, member] = who.links_[link];
    --held_;

    bucket->members[member] = bucket->members.back();
    FilterBucket::Member& moved_member = bucket->members[member];
    moved_member.who->links_[moved_member.link].member = member;
    bucket->members.pop_back();

    who.links_[link] = who.links_.back();
    FilterLink& moved_link = who.links_[link];
    if (link + 1 != who.links_.size())
        moved_link.bucket->members[moved_link.member].link = static_cast<std::uint32_t>(link);
    who.links_.pop_back();

    if (bucket->members.empty()) drop(*bucket);
}

void SubscriptionIndex::drop(FilterBucket& bucket) {
    if (bucket.kind == FilterKind::prefix) {
        const auto length = lengths_.find(bucket.text.size());
        if (--length->second == 0) lengths_.erase(length);
    }
    if (bucket.kind == FilterKind::glob) trie_.remove(bucket);
    Buckets& all = buckets(bucket.kind);
    all.erase(all.find(bucket.text));
}

SubscriptionIndex::Buckets& SubscriptionIndex::buckets(FilterKind kind) {
    switch (kind) {
        case FilterKind::key:
            return keys_;
        case FilterKind::prefix:
            return prefixes_;
        case FilterKind::glob:
            return globs_;
        case FilterKind::topic:
            break;
    }
    return topics_;
}

void SubscriptionIndex::match(const feed::Change& change, std::vector<Subscriber*>& out) {
    ++round_;
    for (const feed::KeyChange& event : change.events) match_key(event.key, out);
    for (const feed::NotificationPtr& notification : change.notifications)
        if (const auto topic = topics_.find(notification->content.topic); topic != topics_.end())
            collect(topic->second, out);
}

void SubscriptionIndex::match_key(std::string_view key, std::vector<Subscriber*>& out) {
    if (const auto exact = keys_.find(key); exact != keys_.end()) collect(exact->second, out);
    for (const auto& [length, count] : lengths_) {
        if (length > key.size()) break;
        const auto found = prefixes_.find(key.substr(0, length));
        if (found != prefixes_.end()) collect(found->second, out);
    }
    if (globs_.empty()) return;
    candidates_.clear();
    trie_.candidates(key, candidates_);
    for (FilterBucket* glob : candidates_)
        if (glob->seen != round_ && glob->matches(key)) collect(*glob, out);
}

// A bucket is gone through once in a round however many events it matches: a revision of many keys costs no more per
// subscriber than one of a single key.
void SubscriptionIndex::collect(FilterBucket& bucket, std::vector<Subscriber*>& out) const {
    if (bucket.seen == round_) return;
    bucket.seen = round_;
    for (const FilterBucket::Member& member : bucket.members) {
        if (member.who->seen_ == round_) continue;
        member.who->seen_ = round_;
        out.push_back(member.who);
    }
}

}  // namespace confcast::push
