// A file descriptor that is closed with its owner, and whole reads and writes on it. For files: they block.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace confcast {

class Descriptor {
  public:
    /// Takes what open(2) and the like have returned; negative: is_open() is false, and errno says why.
    explicit Descriptor(int number) : number_(number) {}
    /// open(2), with O_CLOEXEC.
    Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0);
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    /// False with errno: what was written may not have reached the file.
    bool close();

  private:
    int number_;
};

/// Up to `size` bytes; fewer at the end. nullopt with errno.
std::optional<std::string> read_up_to(const Descriptor& file, std::size_t size);
/// All of them. False with errno.
bool write_all(const Descriptor& file, std::string_view bytes);

}  // namespace confcast
