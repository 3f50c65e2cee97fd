// A set of filters as the stream knows them: by kind and text. What a key matches is decided here, as docs/filters.md
// has it.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "confcast/client/filters.hpp"

namespace confcast::client {

enum class FilterKind : std::uint8_t { key, prefix, glob };

struct Filter {
    FilterKind kind;
    std::string text;
    bool matches(std::string_view key) const;
    friend auto operator<=>(const Filter&, const Filter&) = default;
};

class FilterSet {
  public:
    FilterSet() = default;
    /// No filters at all are the prefix "".
    static FilterSet of(const Filters& filters);
    /// As they are: none are none.
    static FilterSet exactly(const Filters& filters);
    Filters to_filters() const;

    bool matches(std::string_view key) const;
    bool contains(const Filter& filter) const { return filters_.contains(filter); }
    bool contains_all(const FilterSet& other) const;
    bool empty() const { return filters_.empty(); }
    std::size_t size() const { return filters_.size(); }
    void insert(Filter filter) { filters_.insert(std::move(filter)); }
    void insert_all(const FilterSet& other) { filters_.insert(other.begin(), other.end()); }
    void erase(const Filter& filter) { filters_.erase(filter); }
    void clear() { filters_.clear(); }

    FilterSet without(const FilterSet& other) const;
    FilterSet common_with(const FilterSet& other) const;

    std::set<Filter>::const_iterator begin() const { return filters_.begin(); }
    std::set<Filter>::const_iterator end() const { return filters_.end(); }
    friend bool operator==(const FilterSet&, const FilterSet&) = default;

  private:
    std::set<Filter> filters_;
};

}  // namespace confcast::client
