// What somebody may do, as rules that are added up: "read:GLOB", "write:GLOB", "read,write:GLOB" over keys and over the
// topics of notifications, and "admin" (tokens, clients, audit, limits). Denied is what no rule allows. To write is not
// to read, and admin is neither. GLOB is lib/glob's: `app/**` is what is below app, `**` is everything.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/glob/glob_list.hpp"

namespace confcast::auth {

inline constexpr std::size_t max_permission_rules = 256;
inline constexpr std::size_t max_permission_bytes = 600;  // of one rule

class Permissions {
  public:
    /// None.
    Permissions() = default;
    /// invalid_parameter: "parameter" = "permissions", "reason", and "permission" (the text as far as it may be shown)
    /// when one is to blame.
    static Result<Permissions> parse(std::span<const std::string> texts);
    /// Everything: read,write:** and admin.
    static Permissions all();

    bool may_read(std::string_view key) const { return read_.matches(key); }
    bool may_write(std::string_view key) const { return write_.matches(key); }
    bool admin() const { return admin_; }
    bool none() const { return !admin_ && read_.globs().empty() && write_.globs().empty(); }

    bool reads_all() const { return read_.has_everything(); }
    bool writes_all() const { return write_.has_everything(); }
    /// Every key that begins with `prefix` (any bytes: half a segment too) may be read. Never true wrongly; may be
    /// false although true. Exact for the rules `a/**` and `**`.
    bool reads_prefix(std::string_view prefix) const { return read_.covers_prefix(prefix); }
    /// Every key that matches `glob` may be read. The same promise.
    bool reads_glob(std::string_view glob) const { return read_.covers(glob); }

    /// The globs that may be read, canonical: sorted, unique, none within another.
    const std::vector<std::string>& readable() const { return read_.globs(); }
    const std::vector<std::string>& writable() const { return write_.globs(); }
    /// Canonical: parse(texts()) is equal to this.
    std::vector<std::string> texts() const;

    /// There is nothing here that `other` lacks. Conservative: never true wrongly.
    bool within(const Permissions& other) const;

    /// Equal rules once canonical.
    friend bool operator==(const Permissions&, const Permissions&) = default;

  private:
    glob::GlobList read_;
    glob::GlobList write_;
    bool admin_ = false;
};

}  // namespace confcast::auth
