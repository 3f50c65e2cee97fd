// What a program was told last, in a file: so that it can start when no server answers.
//
// Invariant: what load() returns was written whole by save(), to its last bit. The file is either the old one or the
// new one at any moment, whatever happens.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/client/entry.hpp"
#include "confcast/client/failure.hpp"
#include "filter_set.hpp"

namespace confcast::client {

struct Saved {
    FilterSet filters;  // all that matches these is in `entries`
    Position position;
    std::vector<Entry> entries;
};

/// One line that says what this is and its SHA-256, then JSON.
std::string encode_saved(const Saved& saved);
/// `file`, with what is wrong: not ours, damaged, of a newer format.
Result<Saved> decode_saved(std::string_view bytes);

/// nullopt when there is no file. `file` when it is not ours, damaged, or could have been written by somebody else.
Result<std::optional<Saved>> load_saved(const std::filesystem::path& path);
/// Replaces the file as one; mode 0600; on the disk when this returns. `file` when there is another file in its place
/// that is not ours, which is left as it is.
Result<> store_saved(const std::filesystem::path& path, const Saved& saved);

}  // namespace confcast::client
