// A glob over keys: `*` is any run of bytes within one segment (none too), `**` as a segment of its own is any number
// of segments (none too), except at the end, where it is at least one: `app/**` is what is below app, not app itself.
// Nothing else is special. A glob is always matched against the whole key.
#pragma once

#include <cstddef>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::glob {

/// The segments of a key or glob, one after the other. "" has one segment, which is empty.
class Segments {
  public:
    explicit Segments(std::string_view text) : rest_(text) {}
    bool at_end() const { return end_; }
    /// The next one. Precondition: not at_end().
    std::string_view take() {
        const std::size_t slash = rest_.find('/');
        const std::string_view segment = rest_.substr(0, slash);
        end_ = slash == std::string_view::npos;
        rest_.remove_prefix(end_ ? rest_.size() : slash + 1);
        return segment;
    }

  private:
    std::string_view rest_;
    bool end_ = false;
};

inline constexpr std::string_view any_segments = "**";

/// No backtracking beyond the last `*` and the last `**`: costs at most bytes of the glob times bytes of the key, and
/// about the bytes of the key for what people write. Precondition: check_glob(glob).
bool glob_matches(std::string_view glob, std::string_view key);

/// What every key that matches begins with: the bytes before the first `*`. The glob itself when there is none.
std::string_view glob_head(std::string_view glob);

/// invalid_key ("key", "rule"): the glob breaks the rules of keys, or has `**` beside other bytes in a segment.
Result<> check_glob(std::string_view glob);

}  // namespace confcast::glob
