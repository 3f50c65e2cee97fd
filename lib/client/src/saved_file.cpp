#include "saved_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "confcast/base/descriptor.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace {

constexpr off_t largest = off_t{1} << 30U;

Failure refuse(const std::filesystem::path& path, const std::string& what) {
    return failure_of(FailureKind::file, "the last-known-good file " + path.string() + ' ' + what);
}

Failure system_failure(const std::filesystem::path& path, std::string_view doing) {
    const int error = errno;
    return refuse(path, "cannot be " + std::string(doing) + ": " + std::generic_category().message(error));
}

/// A file of somebody else's in this place, most likely by a mistake in an option: it is not ours to replace.
Result<> check_replaceable(const std::filesystem::path& path) {
    const Descriptor file(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!file.is_open()) {
        if (errno == ENOENT) return {};
        return system_failure(path, "looked at");
    }
    struct stat about{};
    if (::fstat(file.number(), &about) != 0) return system_failure(path, "looked at");
    if (!S_ISREG(about.st_mode)) return refuse(path, "is not written: there is no regular file in its place");
    const auto begin = read_up_to(file, saved_magic.size());
    if (!begin) return system_failure(path, "looked at");
    if (*begin != saved_magic) return refuse(path, "is not written: another file is in its place");
    return {};
}

void sync_directory(const std::filesystem::path& path) {
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const Descriptor directory(parent, O_RDONLY | O_DIRECTORY);
    if (directory.is_open()) ::fsync(directory.number());
}

}  // namespace

Result<std::optional<std::string>> read_saved_file(const std::filesystem::path& path) {
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::optional<std::string>();
        return system_failure(path, "opened");
    }
    struct stat about{};
    if (::fstat(file.number(), &about) != 0) return system_failure(path, "looked at");
    if (!S_ISREG(about.st_mode)) return refuse(path, "is no regular file");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) return refuse(path, "is not trusted: others may write it");
    if (about.st_size > largest) return refuse(path, "is too large");
    auto bytes = read_up_to(file, static_cast<std::size_t>(about.st_size));
    if (!bytes) return system_failure(path, "read");
    return bytes;
}

Result<> write_saved_file(const std::filesystem::path& path, std::string_view bytes) {
    if (const auto replaceable = check_replaceable(path); !replaceable) return replaceable;
    const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
    ::unlink(temporary.c_str());  // of a process of the same number that has died
    Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!file.is_open()) return system_failure(temporary, "created");
    const bool written = write_all(file, bytes) && ::fsync(file.number()) == 0 && file.close() &&
                         ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!written) {
        Failure failure = system_failure(path, "written");
        ::unlink(temporary.c_str());
        return failure;
    }
    sync_directory(path);
    return {};
}

}  // namespace confcast::client
