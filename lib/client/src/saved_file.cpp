#include "saved_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "failures.hpp"

namespace confcast::client {
namespace {

constexpr off_t largest = off_t{1} << 30U;

class File {
  public:
    File(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : handle_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}  // NOLINT(cppcoreguidelines-pro-type-vararg)
    ~File() {
        if (handle_ >= 0) ::close(handle_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool is_open() const { return handle_ >= 0; }
    int handle() const { return handle_; }
    /// False with errno.
    bool close() { return ::close(std::exchange(handle_, -1)) == 0; }

  private:
    int handle_;
};

Failure refuse(const std::filesystem::path& path, const std::string& what) {
    return failure_of(FailureKind::file, "the last-known-good file " + path.string() + ' ' + what);
}

Failure system_failure(const std::filesystem::path& path, std::string_view doing) {
    const int error = errno;
    return refuse(path, "cannot be " + std::string(doing) + ": " + std::generic_category().message(error));
}

/// Up to `size` bytes; fewer at the end. nullopt with errno.
std::optional<std::string> read_up_to(int handle, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const ssize_t got = ::read(handle, bytes.data() + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

bool write_all(int handle, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(handle, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

/// A file of somebody else's in this place, most likely by a mistake in an option: it is not ours to replace.
Result<> check_replaceable(const std::filesystem::path& path) {
    const File file(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!file.is_open()) {
        if (errno == ENOENT) return {};
        return system_failure(path, "looked at");
    }
    struct stat about{};
    if (::fstat(file.handle(), &about) != 0) return system_failure(path, "looked at");
    if (!S_ISREG(about.st_mode)) return refuse(path, "is not written: there is no regular file in its place");
    const auto begin = read_up_to(file.handle(), saved_magic.size());
    if (!begin) return system_failure(path, "looked at");
    if (*begin != saved_magic) return refuse(path, "is not written: another file is in its place");
    return {};
}

void sync_directory(const std::filesystem::path& path) {
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const File directory(parent, O_RDONLY | O_DIRECTORY);
    if (directory.is_open()) ::fsync(directory.handle());
}

}  // namespace

Result<std::optional<std::string>> read_saved_file(const std::filesystem::path& path) {
    const File file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::optional<std::string>();
        return system_failure(path, "opened");
    }
    struct stat about{};
    if (::fstat(file.handle(), &about) != 0) return system_failure(path, "looked at");
    if (!S_ISREG(about.st_mode)) return refuse(path, "is no regular file");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) return refuse(path, "is not trusted: others may write it");
    if (about.st_size > largest) return refuse(path, "is too large");
    auto bytes = read_up_to(file.handle(), static_cast<std::size_t>(about.st_size));
    if (!bytes) return system_failure(path, "read");
    return bytes;
}

Result<> write_saved_file(const std::filesystem::path& path, std::string_view bytes) {
    if (const auto replaceable = check_replaceable(path); !replaceable) return replaceable;
    const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
    ::unlink(temporary.c_str());  // of a process of the same number that has died
    File file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!file.is_open()) return system_failure(temporary, "created");
    const bool written = write_all(file.handle(), bytes) && ::fsync(file.handle()) == 0 && file.close() &&
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
