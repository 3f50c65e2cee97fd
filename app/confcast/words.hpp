// Pieces that several commands share: where a value comes from, how a target is written, durations.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace confcast::cli {

/// The text itself; `@FILE`: the file's bytes; `-`: what standard input has. Throws Stop when it cannot be read.
std::string bytes_of(const std::string& word);
/// Throws Stop.
std::string read_file(const std::filesystem::path& file);

/// "60", "60s", "5m": whole seconds. Throws Stop.
std::chrono::seconds seconds_of(const std::string& word, const std::string& flag);

/// "/api/v1/config/" and the key, percent-encoded.
std::string config_target(const std::string& key);

}  // namespace confcast::cli
