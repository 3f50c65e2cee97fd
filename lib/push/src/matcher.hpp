// One client's filters made ready for many keys. With a few filters each is asked; of many globs only those that the
// key may match, so that a scan of the whole state costs about the same for a hundred globs as for one.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "filter_bucket.hpp"
#include "glob_trie.hpp"

namespace confcast::push {

/// Refers to the filters: they outlive it.
class Matcher {
  public:
    explicit Matcher(std::span<FilterBucket* const> filters);
    bool matches(std::string_view key);

  private:
    std::vector<FilterBucket*> each_;
    std::unique_ptr<GlobTrie> globs_;        // when there are many
    std::vector<FilterBucket*> candidates_;  // scratch
};

}  // namespace confcast::push
