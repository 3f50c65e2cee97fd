#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "disk_error.hpp"
#include "store_file.hpp"

namespace confcast::store {
namespace {

std::string because(int error) { return " (" + std::generic_category().message(error) + ")."; }

/// " (process 123)" when the holder has written its id.
std::string holder_of(int descriptor) {
    std::array<char, 32> text{};
    const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
    const std::string id = size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
    if (id.empty() || id.find_first_not_of("0123456789\n") != std::string::npos) return {};
    return " (process " + id.substr(0, id.find('\n')) + ")";
}

}  // namespace

Result<> make_directory(const std::string& directory) {
    std::error_code error;
    const auto status = std::filesystem::status(directory, error);
    if (std::filesystem::is_directory(status)) return {};
    if (std::filesystem::exists(status)) return unavailable("The store's path " + directory + " is not a directory.");
    if (directory.empty()) return unavailable("The store's directory has no name.");
    // Parents get the usual mode; the store's own directory is for its owner only from its first moment.
    const auto parent = std::filesystem::absolute(directory, error).lexically_normal().parent_path();
    std::filesystem::create_directories(parent, error);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        return unavailable("The store's directory " + directory + " cannot be made" + because(errno));
    return {};
}

Result<DirectoryLock> DirectoryLock::take(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return unavailable("The store's directory " + directory + " cannot be written: check its permissions and disk" +
                           because(errno));
    }
    DirectoryLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return unavailable("The store's lock " + path + " cannot be taken" + because(errno));
        return unavailable("The store in " + directory + " is in use by another confcastd" + holder_of(descriptor) +
                           ": stop it, or choose another directory.");
    }
    // For people only: that nobody else can hold it is the kernel's work, so a full disk does not matter here.
    const std::string id = std::to_string(::getpid()) + "\n";
    [[maybe_unused]] const int cut = ::ftruncate(descriptor, 0);
    [[maybe_unused]] const auto written = ::pwrite(descriptor, id.data(), id.size(), 0);
    return lock;
}

void DirectoryLock::release() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace confcast::store
