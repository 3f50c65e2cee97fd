#include "watching.hpp"

#include <algorithm>
#include <iterator>

namespace confcast::cli::templates {
namespace {

/// "a/b/c" and "a/b/" -> "a/", "a" -> "".
std::string parent(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

/// `prefixes`: none of them begins with another, so the one that covers a text is the last that is not behind it.
bool is_under(const std::string& text, const std::set<std::string>& prefixes) {
    const auto behind = prefixes.upper_bound(text);
    return behind != prefixes.begin() && text.starts_with(*std::prev(behind));
}

void drop_covered(Uses& uses) {
    std::set<std::string> kept;
    for (const std::string& prefix : uses.prefixes)  // ascending: what covers comes first
        if (!is_under(prefix, kept)) kept.insert(prefix);
    uses.prefixes = std::move(kept);
    std::erase_if(uses.keys, [&](const std::string& key) { return is_under(key, uses.prefixes); });
}

std::size_t depth_of(const std::string& path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

/// What is deepest becomes what it is under.
void fold_deepest(Uses& uses) {
    std::size_t deepest = 0;
    std::set<std::string> parents;
    for (const auto* set : {&uses.keys, &uses.prefixes})
        for (const std::string& path : *set) {
            const std::string up = parent(path);
            if (depth_of(up) > deepest) parents.clear();
            deepest = std::max(deepest, depth_of(up));
            if (depth_of(up) == deepest) parents.insert(up);
        }
    uses.prefixes.insert(parents.begin(), parents.end());
    drop_covered(uses);
}

}  // namespace

client::Filters filters_for(const Uses& uses, std::size_t most) {
    Uses left = uses;
    drop_covered(left);
    while (left.keys.size() + left.prefixes.size() > most) fold_deepest(left);
    client::Filters filters;
    filters.keys.assign(left.keys.begin(), left.keys.end());
    filters.prefixes.assign(left.prefixes.begin(), left.prefixes.end());
    return filters;
}

void Quiet::on_change(SteadyTime now) {
    changed_last_ = now;
    if (!changed_first_) changed_first_ = now;
    waits_ = begun_ ? wait_ : std::chrono::milliseconds{0};
    begun_ = true;
}

std::optional<SteadyTime> Quiet::due() const {
    if (!changed_first_) return std::nullopt;
    return std::min(changed_last_ + waits_, *changed_first_ + 4 * waits_);
}

}  // namespace confcast::cli::templates
