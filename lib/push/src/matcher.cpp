#include "matcher.hpp"

#include <algorithm>

namespace confcast::push {
namespace {

constexpr std::ptrdiff_t few_globs = 8;

bool is_glob(const FilterBucket* filter) { return filter->kind == FilterKind::glob; }

}  // namespace

Matcher::Matcher(std::span<FilterBucket* const> filters) {
    const bool many = std::count_if(filters.begin(), filters.end(), is_glob) > few_globs;
    if (many) globs_ = std::make_unique<GlobTrie>();
    for (FilterBucket* filter : filters) {
        if (!filter->is_of_settings()) continue;
        if (many && is_glob(filter))
            globs_->add(*filter);
        else
            each_.push_back(filter);
    }
}

bool Matcher::matches(std::string_view key) {
    const auto hit = [key](const FilterBucket* filter) { return filter->matches(key); };
    if (std::any_of(each_.begin(), each_.end(), hit)) return true;
    if (globs_ == nullptr) return false;
    candidates_.clear();
    globs_->candidates(key, candidates_);
    return std::any_of(candidates_.begin(), candidates_.end(), hit);
}

}  // namespace confcast::push
