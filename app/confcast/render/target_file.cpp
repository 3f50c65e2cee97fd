#include "target_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "../stop.hpp"
#include "confcast/base/descriptor.hpp"

namespace confcast::cli::templates {
namespace {

constexpr mode_t usual_mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
constexpr mode_t mode_bits = 07777;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
    throw Stop{Exit::failed, path.string() + ' ' + std::string(what)};
}

[[noreturn]] void fail_with_errno(const std::filesystem::path& path, std::string_view doing) {
    fail(path, "cannot be " + std::string(doing) + ": " + std::generic_category().message(errno));
}

std::optional<struct stat> look_at(const std::filesystem::path& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) == 0) {
        if (!S_ISREG(about.st_mode)) fail(path, "is no regular file: it is not replaced");
        return about;
    }
    if (errno == ENOENT) return std::nullopt;
    fail_with_errno(path, "looked at");
}

// The dot keeps it out of patterns such as conf.d/*.conf; the name's end is kept, because some checks go by it.
std::string pattern_beside(const std::filesystem::path& path) {
    return (path.parent_path() / (".confcast-XXXXXX-" + path.filename().string())).string();
}

}  // namespace

StagedFile::~StagedFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

void StagedFile::put_in_place() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail_with_errno(target_, "replaced");
    path_.clear();
    const auto parent = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
    const Descriptor directory(parent, O_RDONLY | O_DIRECTORY);
    if (!directory.is_open() || ::fsync(directory.number()) != 0) fail_with_errno(parent, "brought to the disk");
}

std::filesystem::path TargetFile::resolved() const {
    if (!std::filesystem::is_symlink(path_)) return path_;
    std::error_code ec;
    auto real = std::filesystem::canonical(path_, ec);
    if (ec) fail(path_, "is a link that leads nowhere: " + ec.message());
    return real;
}

std::optional<std::string> TargetFile::content() const {
    const auto path = resolved();
    const auto about = look_at(path);
    if (!about) return std::nullopt;
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) fail_with_errno(path, "read");
    auto bytes = read_up_to(file, static_cast<std::size_t>(about->st_size));
    if (!bytes) fail_with_errno(path, "read");
    return bytes;
}

void TargetFile::correct_mode() const {
    if (!mode_) return;
    const auto path = resolved();
    const auto about = look_at(path);
    if (!about || (about->st_mode & mode_bits) == *mode_) return;
    if (::chmod(path.c_str(), *mode_) != 0) fail_with_errno(path, "given its mode");
}

StagedFile TargetFile::stage(std::string_view content) const {
    const auto target = resolved();
    const auto about = look_at(target);
    std::string name = pattern_beside(target);
    const int suffix = static_cast<int>(target.filename().string().size()) + 1;
    Descriptor file(::mkostemps(name.data(), suffix, O_CLOEXEC));
    if (!file.is_open()) fail_with_errno(name, "created");
    StagedFile staged(name, target);
    struct stat fresh{};
    if (::fstat(file.number(), &fresh) != 0) fail_with_errno(name, "looked at");
    // The owner first: changing it may take bits of the mode away.
    if (about && (about->st_uid != fresh.st_uid || about->st_gid != fresh.st_gid) &&
        ::fchown(file.number(), about->st_uid, about->st_gid) != 0)
        fail_with_errno(target, "replaced with its owner kept");
    const mode_t mode = mode_.value_or(about ? about->st_mode & mode_bits : usual_mode);
    if (::fchmod(file.number(), mode) != 0) fail_with_errno(name, "given its mode");
    if (!write_all(file, content) || ::fsync(file.number()) != 0 || !file.close()) fail_with_errno(name, "written");
    return staged;
}

}  // namespace confcast::cli::templates
