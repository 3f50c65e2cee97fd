#include "confcast/glob/glob_list.hpp"

#include <algorithm>
#include <optional>

#include "confcast/glob/glob.hpp"

namespace confcast::glob {
namespace {

// One segment within another: a star of `wide` takes any bytes of `narrow`, its stars too, and a star of `narrow` is
// taken by nothing else. But `**` stands for more than one segment.
bool segment_covers(std::string_view wide, std::string_view narrow) {
    return narrow != any_segments && glob_matches(wide, narrow);
}

bool take_any_segments(Segments& pattern) {
    if (pattern.at_end()) return false;
    Segments after = pattern;
    if (after.take() != any_segments) return false;
    pattern = after;
    return true;
}

bool take_covered(Segments& wide, Segments& narrow) {
    Segments wide_after = wide;
    Segments narrow_after = narrow;
    if (!segment_covers(wide_after.take(), narrow_after.take())) return false;
    wide = wide_after;
    narrow = narrow_after;
    return true;
}

bool before(const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

// The short ones cover the long ones, mostly; of two that cover each other the shorter stays.
void drop_covered(std::vector<std::string>& globs) {
    std::sort(globs.begin(), globs.end(), before);
    globs.erase(std::unique(globs.begin(), globs.end()), globs.end());
    for (std::size_t i = globs.size(); i-- > 0;) {
        const auto covers_it = [&](const std::string& other) {
            return &other != &globs[i] && glob_covers(other, globs[i]);
        };
        if (std::any_of(globs.begin(), globs.end(), covers_it))
            globs.erase(globs.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

}  // namespace

// Matches `narrow`, segment by segment, as if its stars were bytes and its `**` a segment that only `**` can take: then
// whatever stands there in a key is taken too. The walk is glob_matches's: no choice before the last `**` is taken
// back. At the end `**` of `wide` wants one segment, and the last segment of a glob is never less than one.
bool glob_covers(std::string_view wide, std::string_view narrow) {
    const std::string_view head = glob_head(wide);
    if (!narrow.starts_with(head)) return false;
    Segments pattern(wide);
    Segments text(narrow);
    std::optional<Segments> group;  // behind the last `**`
    Segments tried = text;          // where it was tried last
    for (;;) {
        if (take_any_segments(pattern)) {
            if (pattern.at_end()) return !text.at_end();
            group = pattern;
            tried = text;
            continue;
        }
        if (pattern.at_end() && text.at_end()) return true;
        if (text.at_end()) return false;
        if (!pattern.at_end() && take_covered(pattern, text)) continue;
        if (!group) return false;
        tried.take();
        text = tried;
        pattern = *group;
    }
}

GlobList::GlobList(std::vector<std::string> globs) : globs_(std::move(globs)) {
    drop_covered(globs_);
    std::sort(globs_.begin(), globs_.end());
    heads_.reserve(globs_.size());
    for (const std::string& glob : globs_) heads_.push_back(glob_head(glob).size());
}

bool GlobList::matches(std::string_view key) const {
    for (std::size_t i = 0; i < globs_.size(); ++i) {
        const std::string_view glob = globs_[i];
        if (!key.starts_with(glob.substr(0, heads_[i]))) continue;
        if (glob_matches(glob, key)) return true;
    }
    return false;
}

bool GlobList::covers(std::string_view glob) const {
    return std::any_of(globs_.begin(), globs_.end(), [&](const std::string& wide) { return glob_covers(wide, glob); });
}

// The keys that begin with "a/b" are those of the globs `a/b*` and `a/b*/**`; those that begin with "a/" of `a/**`. (A
// star in a prefix is a byte; as a glob it stands for more keys, which is the safe side.)
bool GlobList::covers_prefix(std::string_view prefix) const {
    const std::string text(prefix);
    if (text.empty() || text.back() == '/') return covers(text + "**");
    return covers(text + "*") && covers(text + "*/**");
}

bool GlobList::covers_all(const GlobList& other) const {
    return std::all_of(other.globs_.begin(), other.globs_.end(), [&](const std::string& glob) { return covers(glob); });
}

}  // namespace confcast::glob
