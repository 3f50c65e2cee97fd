// Several globs as one question: does any of them match? Made for permissions, which are asked for every key that
// somebody reads: exact keys and `X/**` cost a search by the key's segments however many there are; only globs with
// other stars are tried one by one, and of these only those that begin as the key does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confcast::glob {

class GlobSet {
  public:
    GlobSet() = default;
    /// Precondition: check_glob() of each.
    explicit GlobSet(std::vector<std::string> globs);

    bool matches(std::string_view key) const;
    /// Every key matches.
    bool is_everything() const { return everything_; }
    bool empty() const { return !everything_ && globs_.empty(); }

    /// Whether every key that begins with `prefix`, or that `glob` matches, matches one and the same of these. Never
    /// true wrongly; true for all that lies in an `X/**` without other stars, and for a glob that is one of these.
    bool covers_prefix(std::string_view prefix) const;
    bool covers_glob(std::string_view glob) const;

    /// Sorted, each once, without those that another one of the form `X/**` covers. Equal lists = equal sets as far as
    /// that can be told.
    const std::vector<std::string>& globs() const { return globs_; }

  private:
    bool in_tree(std::string_view key) const;

    bool everything_ = false;
    std::vector<std::string> globs_;
    std::vector<std::string> exact_;  // sorted
    std::vector<std::string> trees_;  // the X of each X/**, sorted
    std::vector<std::string> other_;
};

}  // namespace confcast::glob
