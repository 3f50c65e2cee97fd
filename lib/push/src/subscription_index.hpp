// Who wants to hear of a key. Invariant: the cost of a change grows with the filters and subscribers that match it and
// with the number of distinct prefix lengths in use, never with filters that do not match. (Globs: see glob_trie.hpp
// for what it tells apart.)
//
// A filter's text is kept once, in its bucket; a subscriber holds links to buckets. "Everything" is the prefix "", so
// that nothing here has to know it as a special case.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "confcast/feed/entry.hpp"
#include "filter_bucket.hpp"
#include "glob_trie.hpp"

namespace confcast::push {

/// A subscriber's end of a filter.
struct FilterLink {
    FilterBucket* bucket;
    std::uint32_t member;  // which of the bucket's members is the subscriber
};
using FilterSpan = std::span<const FilterLink>;

/// Whether one of the filters is this topic.
bool has_topic(FilterSpan filters, std::string_view topic);

/// What has filters. Leaves the index before it dies.
class Subscriber {
  public:
    Subscriber() = default;
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    FilterSpan filters() const { return links_; }

  protected:
    ~Subscriber() = default;

  private:
    friend class SubscriptionIndex;
    std::vector<FilterLink> links_;
    std::uint64_t seen_ = 0;
};

class SubscriptionIndex {
  public:
    /// False when the subscriber has the filter already. A new filter is the last of its filters().
    bool add(Subscriber& who, FilterKind kind, std::string_view text);
    /// False when the subscriber does not have it.
    bool remove(Subscriber& who, FilterKind kind, std::string_view text);
    void remove_all(Subscriber& who) { remove_from(who, 0); }
    /// All but the first `keep` filters().
    void remove_from(Subscriber& who, std::size_t keep);
    /// Null when nobody has it.
    FilterBucket* find(FilterKind kind, std::string_view text);
    static bool has(const Subscriber& who, FilterKind kind, std::string_view text);

    /// Appends every subscriber with a filter that matches an event or a notification of the change, each once.
    void match(const feed::Change& change, std::vector<Subscriber*>& out);

    /// Distinct filters.
    std::size_t size() const { return keys_.size() + prefixes_.size() + globs_.size() + topics_.size(); }
    /// All filters of all subscribers.
    std::size_t held() const { return held_; }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Buckets = std::unordered_map<std::string, FilterBucket, Hash, std::equal_to<>>;

    Buckets& buckets(FilterKind kind);
    void unlink(Subscriber& who, std::size_t link);
    void drop(FilterBucket& bucket);
    void match_key(std::string_view key, std::vector<Subscriber*>& out);
    void collect(FilterBucket& bucket, std::vector<Subscriber*>& out) const;

    Buckets keys_;
    Buckets prefixes_;
    Buckets globs_;
    Buckets topics_;
    GlobTrie trie_;                               // of globs_
    std::vector<FilterBucket*> candidates_;       // scratch
    std::map<std::size_t, std::size_t> lengths_;  // of prefixes: length -> distinct prefixes
    std::size_t held_ = 0;
    std::uint64_t next_id_ = 1;
    std::uint64_t round_ = 0;  // of match()
};

}  // namespace confcast::push
