// The file of credentials that an operator keeps:
//   {"tokens": [{"id", "name", "hash": "sha256:<hex>", "permissions": […], "created"?, "expires"?}],
//    "certificates": [{"name", "permissions": […]}], "anonymous": {"permissions": […]}}
// Times are RFC 3339 in UTC. Read strictly: what is not understood is refused, for it may have been meant to forbid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/auth/permissions.hpp"
#include "confcast/auth/token.hpp"
#include "confcast/base/error.hpp"

namespace confcast::auth {

/// A client certificate's name and what its bearer may do.
struct CertificateRule {
    std::string name;
    Permissions permissions;
    friend bool operator==(const CertificateRule&, const CertificateRule&) = default;
};

struct Credentials {
    std::vector<Token> tokens;
    std::vector<CertificateRule> certificates;
    std::optional<Permissions> anonymous;  // nullopt: nobody may come without a credential
    friend bool operator==(const Credentials&, const Credentials&) = default;
};

inline constexpr std::size_t max_credentials_bytes = 4UL << 20U;

/// invalid_parameter: "parameter" = "credentials", "pointer" (RFC 6901), "reason" (a sentence that names the place).
Result<Credentials> parse_credentials(std::string_view text);
/// The file's text, indented; parse_credentials(format_credentials(c)) is c.
std::string format_credentials(const Credentials& credentials);

/// Refuses, with a sentence that says which chmod helps, a file that its group or others may write or that others may
/// read. Error: as parse_credentials, "pointer" only when the text is to blame.
Result<Credentials> load_credentials(const std::filesystem::path& path);

/// Adds to the file, which is created (mode 0600) when it is not there, or rewritten: all of it or nothing, whatever
/// happens, and one such call after the other over all processes. A rewritten file keeps its owner, group and mode as
/// far as the system allows (else 0600). Blocks: not for the loop. Error: as load_credentials; an id that is there.
Result<> add_token(const std::filesystem::path& path, const Token& token);
/// The same the other way. Error too when there is no such token.
Result<> remove_token(const std::filesystem::path& path, std::string_view id);

/// Notices that a file is another one or has another content or mode, by what stat says of it. One system call.
class WatchedFile {
  public:
    /// What it is like now is what it is compared with.
    explicit WatchedFile(std::filesystem::path path);
    /// Since the last call. That it went or came counts.
    bool changed();
    const std::filesystem::path& path() const { return path_; }

  private:
    struct Stamp {
        bool there = false;
        std::uint64_t device = 0, inode = 0;
        std::int64_t size = 0, modified_ns = 0, changed_ns = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    static Stamp look_at(const std::filesystem::path& path);
    std::filesystem::path path_;
    Stamp last_;
};

}  // namespace confcast::auth
