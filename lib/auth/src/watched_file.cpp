#include <sys/stat.h>

#include <utility>

#include "confcast/auth/credentials_file.hpp"

namespace confcast::auth {
namespace {

std::int64_t nanoseconds(const timespec& time) {
    constexpr std::int64_t billion = 1'000'000'000;
    return std::int64_t{time.tv_sec} * billion + time.tv_nsec;
}

}  // namespace

WatchedFile::WatchedFile(std::filesystem::path path) : path_(std::move(path)), last_(look_at(path_)) {}

bool WatchedFile::changed() {
    const Stamp now = look_at(path_);
    return std::exchange(last_, now) != now;
}

// The time of the last change of the inode is looked at too: it moves when a mode that was refused is put right, and
// nobody can set it back.
WatchedFile::Stamp WatchedFile::look_at(const std::filesystem::path& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) return {};
    return {true, about.st_dev, about.st_ino, about.st_size, nanoseconds(about.st_mtim), nanoseconds(about.st_ctim)};
}

}  // namespace confcast::auth
