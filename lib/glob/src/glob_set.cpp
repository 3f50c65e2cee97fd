#include "confcast/glob/glob_set.hpp"

#include <algorithm>
#include <iterator>

#include "confcast/glob/glob.hpp"

namespace confcast::glob {
namespace {

constexpr std::string_view below = "/**";

bool has_star(std::string_view text) { return text.find('*') != std::string_view::npos; }

/// The X of X/** when X has no star; "" otherwise.
std::string_view tree_of(std::string_view glob) {
    if (!glob.ends_with(below)) return {};
    const std::string_view root = glob.substr(0, glob.size() - below.size());
    return has_star(root) ? std::string_view() : root;
}

bool contains(const std::vector<std::string>& sorted, std::string_view text) {
    const auto at = std::ranges::lower_bound(sorted, text);
    return at != sorted.end() && *at == text;
}

}  // namespace

GlobSet::GlobSet(std::vector<std::string> globs) {
    std::ranges::sort(globs);
    globs.erase(std::ranges::unique(globs).begin(), globs.end());
    everything_ = contains(globs, any_segments);
    if (everything_) {
        globs_.emplace_back(any_segments);
        return;
    }
    for (const std::string& one : globs)
        if (const std::string_view root = tree_of(one); !root.empty()) trees_.emplace_back(root);
    std::ranges::sort(trees_);
    // A tree within another one adds nothing. Decided before any goes: the list stays sorted while it is asked.
    std::vector<std::string> outer;
    std::ranges::copy_if(trees_, std::back_inserter(outer), [this](const std::string& root) { return !in_tree(root); });
    trees_ = std::move(outer);
    for (std::string& one : globs) {
        const std::string_view root = tree_of(one);
        // Of a tree's own glob the root is asked, or it would be inside of itself.
        if (in_tree(root.empty() ? glob_head(one) : root)) continue;
        if (root.empty()) (has_star(one) ? other_ : exact_).push_back(one);
        globs_.push_back(std::move(one));
    }
}

/// Whether it begins with X/ for one of the trees.
bool GlobSet::in_tree(std::string_view key) const {
    if (trees_.empty()) return false;
    for (std::size_t slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', slash + 1))
        if (contains(trees_, key.substr(0, slash))) return true;
    return false;
}

bool GlobSet::matches(std::string_view key) const {
    if (everything_ || contains(exact_, key) || in_tree(key)) return true;
    return std::ranges::any_of(other_, [key](const std::string& one) { return glob_matches(one, key); });
}

bool GlobSet::covers_prefix(std::string_view prefix) const { return everything_ || in_tree(prefix); }

bool GlobSet::covers_glob(std::string_view glob) const {
    if (everything_ || in_tree(glob_head(glob)) || contains(globs_, glob)) return true;
    return !has_star(glob) && matches(glob);
}

}  // namespace confcast::glob
