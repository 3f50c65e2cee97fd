// A file that is read whole and replaced whole, on the disk. Knows nothing of its content but how it begins.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/client/failure.hpp"

namespace confcast::client {

/// What a last-known-good file begins with.
inline constexpr std::string_view saved_magic = "confcast-last-known-good ";

/// nullopt when there is none. Refuses what is no regular file, and what others may write.
Result<std::optional<std::string>> read_saved_file(const std::filesystem::path& path);
/// A temporary beside it, mode 0600, fsync, rename, fsync of the directory. Refuses to replace what does not begin as
/// it should.
Result<> write_saved_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace confcast::client
