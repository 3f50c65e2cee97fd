// Globs over keys of which one must match: what somebody may read, or write, or is shown. Canonical: sorted, none of
// them covered by another (`app/**` swallows `app/*/db`), so that equal lists are equal texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::glob {

/// Whether every key that `narrow` matches is matched by `wide` too. Never true wrongly. May be false although true
/// (`*/**` is all of `**`); exact when `wide` is `**`, a plain `a/b/**`, or has one segment for each of `narrow`'s.
/// Precondition: both are globs (check_glob).
bool glob_covers(std::string_view wide, std::string_view narrow);

class GlobList {
  public:
    GlobList() = default;
    /// Precondition: each is a glob (check_glob).
    explicit GlobList(std::vector<std::string> globs);

    /// A glob is only matched when the key begins as it does. Precondition: a key (store::check_key).
    bool matches(std::string_view key) const;
    /// One of the list covers the glob. Conservative, as glob_covers.
    bool covers(std::string_view glob) const;
    /// Every key that begins with `prefix` is matched. Conservative; exact when the list has only `**` and `a/b/**`.
    bool covers_prefix(std::string_view prefix) const;
    /// Each of `other`'s is covered.
    bool covers_all(const GlobList& other) const;
    bool has_everything() const { return globs_.size() == 1 && globs_.front() == "**"; }

    const std::vector<std::string>& globs() const { return globs_; }
    friend bool operator==(const GlobList&, const GlobList&) = default;

  private:
    std::vector<std::string> globs_;
    std::vector<std::size_t> heads_;  // how many bytes of each stand before its first star
};

}  // namespace confcast::glob
