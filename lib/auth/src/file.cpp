#include "file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "digest.hpp"

namespace confcast::auth {
namespace {

class Handle {
  public:
    Handle(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : handle_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}  // NOLINT(cppcoreguidelines-pro-type-vararg)
    ~Handle() {
        if (handle_ >= 0) ::close(handle_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    bool is_open() const { return handle_ >= 0; }
    int get() const { return handle_; }
    /// False with errno.
    bool close() { return ::close(std::exchange(handle_, -1)) == 0; }

  private:
    int handle_;
};

Error system_error(std::string_view parameter, const std::filesystem::path& path, std::string_view doing) {
    const int error = errno;
    return file_error(parameter, path,
                      "cannot be " + std::string(doing) + ": " + std::generic_category().message(error));
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

// The group first: a mode that lets a group read is for the old group only. The mode stays 0600 where that fails.
void take_over(int handle, const TrustedFile& before) {
    if (::fchown(handle, before.owner, before.group) == 0) ::fchmod(handle, before.mode);
}

bool put_in_place(const std::filesystem::path& path, const std::filesystem::path& temporary, std::string_view bytes,
                  const std::optional<TrustedFile>& before) {
    Handle file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!file.is_open()) return false;
    if (before) take_over(file.get(), *before);
    if (write_all(file.get(), bytes) && ::fsync(file.get()) == 0 && file.close() &&
        ::rename(temporary.c_str(), path.c_str()) == 0)
        return true;
    const int error = errno;
    ::unlink(temporary.c_str());
    errno = error;
    return false;
}

}  // namespace

Error file_error(std::string_view parameter, const std::filesystem::path& path, std::string_view what) {
    return Error(Errc::invalid_parameter)
        .with("parameter", parameter)
        .with("reason", path.string() + ' ' + std::string(what));
}

Error too_open(std::string_view parameter, const std::filesystem::path& path) {
    return file_error(parameter, path, "is not taken: others may read it; chmod o= " + path.string());
}

Result<std::optional<TrustedFile>> read_trusted(std::string_view parameter, const std::filesystem::path& path,
                                                std::size_t max_bytes) {
    const Handle file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::optional<TrustedFile>();
        return system_error(parameter, path, "opened");
    }
    struct stat about{};
    if (::fstat(file.get(), &about) != 0) return system_error(parameter, path, "looked at");
    if (!S_ISREG(about.st_mode)) return file_error(parameter, path, "is no regular file");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return file_error(parameter, path, "is not trusted: others may write it; chmod go-w " + path.string());
    auto bytes = read_up_to(file.get(), max_bytes + 1);
    if (!bytes) return system_error(parameter, path, "read");
    if (bytes->size() > max_bytes)
        return file_error(parameter, path, "is larger than " + std::to_string(max_bytes) + " bytes");
    constexpr mode_t permission_bits = 0777;
    return std::optional(TrustedFile{*std::move(bytes), about.st_mode & permission_bits, about.st_uid, about.st_gid});
}

Result<> rewrite_trusted(std::string_view parameter, std::filesystem::path path, std::size_t max_bytes,
                         const std::function<Result<std::string>(const std::optional<TrustedFile>& before)>& change) {
    std::error_code ignored;
    if (auto target = std::filesystem::canonical(path, ignored); !ignored) path = std::move(target);
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const Handle directory(parent, O_RDONLY | O_DIRECTORY);
    if (!directory.is_open()) return system_error(parameter, parent, "opened");
    while (::flock(directory.get(), LOCK_EX) != 0)
        if (errno != EINTR) return system_error(parameter, parent, "locked");

    auto before = read_trusted(parameter, path, max_bytes);
    if (!before) return before.error();
    const auto bytes = change(*before);
    if (!bytes) return bytes.error();
    const std::filesystem::path temporary = path.string() + ".new." + to_hex(random_bytes(8));
    if (!put_in_place(path, temporary, *bytes, *before)) return system_error(parameter, path, "written");
    ::fsync(directory.get());
    return {};
}

}  // namespace confcast::auth
