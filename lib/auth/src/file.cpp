#include "file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "confcast/base/descriptor.hpp"
#include "digest.hpp"

namespace confcast::auth {
namespace {

Error system_error(std::string_view parameter, const std::filesystem::path& path, std::string_view doing) {
    const int error = errno;
    return file_error(parameter, path,
                      "cannot be " + std::string(doing) + ": " + std::generic_category().message(error));
}

// The group first: a mode that lets a group read is for the old group only. The mode stays 0600 where that fails.
void take_over(int handle, const TrustedFile& before) {
    if (::fchown(handle, before.owner, before.group) == 0) ::fchmod(handle, before.mode);
}

bool put_in_place(const std::filesystem::path& path, const std::filesystem::path& temporary, std::string_view bytes,
                  const std::optional<TrustedFile>& before) {
    Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!file.is_open()) return false;
    if (before) take_over(file.number(), *before);
    if (write_all(file, bytes) && ::fsync(file.number()) == 0 && file.close() &&
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
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::optional<TrustedFile>();
        return system_error(parameter, path, "opened");
    }
    struct stat about{};
    if (::fstat(file.number(), &about) != 0) return system_error(parameter, path, "looked at");
    if (!S_ISREG(about.st_mode)) return file_error(parameter, path, "is no regular file");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return file_error(parameter, path, "is not trusted: others may write it; chmod go-w " + path.string());
    auto bytes = read_up_to(file, max_bytes + 1);
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
    const Descriptor directory(parent, O_RDONLY | O_DIRECTORY);
    if (!directory.is_open()) return system_error(parameter, parent, "opened");
    while (::flock(directory.number(), LOCK_EX) != 0)
        if (errno != EINTR) return system_error(parameter, parent, "locked");

    auto before = read_trusted(parameter, path, max_bytes);
    if (!before) return before.error();
    const auto bytes = change(*before);
    if (!bytes) return bytes.error();
    const std::filesystem::path temporary = path.string() + ".new." + to_hex(random_bytes(8));
    if (!put_in_place(path, temporary, *bytes, *before)) return system_error(parameter, path, "written");
    ::fsync(directory.number());
    return {};
}

}  // namespace confcast::auth
