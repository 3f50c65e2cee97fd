// A file that is replaced whole or not at all. Who reads it sees the old one or the new one, also after a power cut.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace confcast::cli::templates {

/// A file beside the target that has the new content on the disk. Gone again when it is not put in place.
class StagedFile {
  public:
    StagedFile(std::filesystem::path path, std::filesystem::path target)
        : path_(std::move(path)), target_(std::move(target)) {}
    StagedFile(StagedFile&& other) noexcept
        : path_(std::exchange(other.path_, {})), target_(std::move(other.target_)) {}
    StagedFile& operator=(StagedFile&&) = delete;
    ~StagedFile();

    const std::filesystem::path& path() const { return path_; }
    /// Replaces the target. Throws Stop.
    void put_in_place();

  private:
    std::filesystem::path path_;
    std::filesystem::path target_;
};

class TargetFile {
  public:
    /// A symbolic link stays: what it points to is the file. `mode` unset: the file's own, 0644 when there is none.
    TargetFile(std::filesystem::path path, std::optional<mode_t> mode) : path_(std::move(path)), mode_(mode) {}

    const std::filesystem::path& path() const { return path_; }
    /// What it has now; nullopt when there is none. Throws Stop when it is no regular file or cannot be read.
    std::optional<std::string> content() const;
    /// Gives it the mode that was asked for and touches nothing else. Throws Stop.
    void correct_mode() const;
    /// Mode and owner are those of the target. Throws Stop.
    StagedFile stage(std::string_view content) const;

  private:
    std::filesystem::path resolved() const;

    std::filesystem::path path_;
    std::optional<mode_t> mode_;
};

}  // namespace confcast::cli::templates
