#include "confcast/glob/glob.hpp"

#include <optional>

#include "confcast/base/utf8.hpp"
#include "confcast/store/layout.hpp"

namespace confcast::glob {
namespace {

// The pieces between stars are looked for from left to right: a piece that is found as early as it can be leaves the
// most for those behind it, so no choice is ever taken back.
bool segment_matches(std::string_view pattern, std::string_view segment) {
    std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == segment;
    if (!segment.starts_with(pattern.substr(0, star))) return false;
    for (;;) {
        segment.remove_prefix(star);
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        if (star == std::string_view::npos) return segment.ends_with(pattern);
        const std::size_t at = segment.find(pattern.substr(0, star));
        if (at == std::string_view::npos) return false;
        segment.remove_prefix(at);
    }
}

bool next_matches(Segments& pattern, Segments& text) {
    Segments pattern_after = pattern;
    Segments text_after = text;
    if (!segment_matches(pattern_after.take(), text_after.take())) return false;
    pattern = pattern_after;
    text = text_after;
    return true;
}

bool take_any_segments(Segments& pattern) {
    if (pattern.at_end()) return false;
    Segments after = pattern;
    if (after.take() != any_segments) return false;
    pattern = after;
    return true;
}

}  // namespace

// The same once more, with segments between `**` for bytes between stars: what stands behind the last `**` is tried
// at one segment after the other, and never again at one that it has left behind.
bool glob_matches(std::string_view glob, std::string_view key) {
    Segments pattern(glob);
    Segments text(key);
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
        if (!pattern.at_end() && next_matches(pattern, text)) continue;
        if (!group) return false;
        tried.take();
        text = tried;
        pattern = *group;
    }
}

std::string_view glob_head(std::string_view glob) { return glob.substr(0, glob.find('*')); }

Result<> check_glob(std::string_view glob) {
    if (auto valid = store::check_key(glob); !valid) return valid;
    for (Segments segments(glob); !segments.at_end();) {
        const std::string_view segment = segments.take();
        if (segment != any_segments && segment.find(any_segments) != std::string_view::npos)
            return Error(Errc::invalid_key)
                .with("key", escape_invalid_utf8(glob.substr(0, 64)))
                .with("rule", "in a glob ** is a whole segment");
    }
    return {};
}

}  // namespace confcast::glob
