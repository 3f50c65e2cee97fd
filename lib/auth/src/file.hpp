// Files that hold credentials: who else may touch them matters, and they are replaced whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::auth {

struct TrustedFile {
    std::string bytes;
    mode_t mode = 0;  // the permission bits
    uid_t owner = 0;
    gid_t group = 0;
    bool others_read() const { return (mode & 07U) != 0; }
};

/// invalid_parameter ("parameter", "reason": "PATH …").
Error file_error(std::string_view parameter, const std::filesystem::path& path, std::string_view what);
/// The sentence for a file with a secret that others may read.
Error too_open(std::string_view parameter, const std::filesystem::path& path);

/// nullopt when there is none. Refuses what is no regular file, is larger than `max_bytes`, or may be written by its
/// group or others.
Result<std::optional<TrustedFile>> read_trusted(std::string_view parameter, const std::filesystem::path& path,
                                                std::size_t max_bytes);

/// Reads the file, and puts what `change` makes of it (of nothing, when there is none) in its place: a temporary beside
/// it, fsync, rename, fsync of the directory, under a lock on the directory that all who call this take. The new file
/// has the old one's owner, group and mode; 0600 when there was none or when it cannot have them. A link is followed.
Result<> rewrite_trusted(std::string_view parameter, std::filesystem::path path, std::size_t max_bytes,
                         const std::function<Result<std::string>(const std::optional<TrustedFile>& before)>& change);

}  // namespace confcast::auth
