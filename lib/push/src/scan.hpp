// Going through the state for some filters, a piece at a time: between two pieces the state may change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/feed/state.hpp"
#include "confcast/push/access.hpp"
#include "matcher.hpp"

namespace confcast::push {

class Scan {
  public:
    /// The filters outlive it.
    Scan(std::span<FilterBucket* const> filters, const Scope* scope);

    /// Goes on behind the last key that was looked at and appends what a filter matches and the scope sees: ascending
    /// by key over all pieces, each key once. Looks at no more keys than `keys`, and takes off what it has looked at.
    /// True at the end.
    bool go_on(const feed::State& state, std::size_t& keys, std::vector<feed::EntryPtr>& out);

  private:
    // What is read of the state in one go: all that begins with `head` (or only the key of that name), and which
    // filters say what of it counts.
    struct Range {
        std::string_view head;
        bool one_key;
        std::vector<FilterBucket*> filters;
        bool all = false;  // one of the filters matches everything in it

        bool covers(const Range& other) const {
            return one_key ? other.one_key && other.head == head : other.head.starts_with(head);
        }
        void add(const Range& other) {
            filters.insert(filters.end(), other.filters.begin(), other.filters.end());
            all = all || (other.all && other.head == head);
        }
    };
    static Range range_of(FilterBucket& filter);
    static std::vector<Range> ranges_of(std::span<FilterBucket* const> filters);

    bool sees(std::string_view key) const { return scope_ == nullptr || scope_->sees(key); }
    bool go_through(const Range& range, const feed::State& state, std::size_t& keys, std::vector<feed::EntryPtr>& out);

    const Scope* scope_;
    std::vector<Range> ranges_;
    std::size_t range_ = 0;
    std::optional<Matcher> matcher_;   // of the range, once it has begun
    std::optional<std::string> last_;  // looked at, in the range
};

}  // namespace confcast::push
