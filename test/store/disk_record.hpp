// What was done to the files of a directory, operation by operation (through fault_vfs), to put the disk together as a
// crash at any of them would have left it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::test {

/// Filled by the store's threads; read when they have ended.
class DiskRecord {
  public:
    using Files = std::map<std::string, std::string>;  // contents by name

    /// What is in the directory now is what the first operation meets.
    explicit DiskRecord(const std::filesystem::path& directory);

    void on_write(std::string_view path, std::int64_t at, std::string_view bytes);
    void on_truncate(std::string_view path, std::int64_t size);
    void on_sync(std::string_view path);
    void on_remove(std::string_view path);
    /// The store has answered: what it said holds from here on.
    void acknowledge(std::int64_t revision);

    std::size_t size() const { return operations_.size(); }
    /// The newest revision that was acknowledged before operation `n`; 0 = none.
    std::int64_t acknowledged(std::size_t n) const;
    /// kill -9 before operation `n`; `torn`: in the middle of it, when it is a write.
    Files killed(std::size_t n, bool torn) const;
    /// A power cut before operation `n`: of what was not synced each write is on the disk, is not, or is by half.
    Files without_power(std::size_t n, std::mt19937& random) const;

    /// Makes the directory with these files and nothing else.
    static void restore(const Files& files, const std::filesystem::path& directory);

  private:
    enum class Kind : std::uint8_t { write, truncate, sync, remove, acknowledge };
    struct Operation {
        Kind kind;
        std::string file;
        std::int64_t at = 0;  // or the size, or the revision
        std::string bytes;
    };
    void add(Kind kind, std::string_view path, std::int64_t at, std::string_view bytes = {});
    static void redo(const Operation& operation, Files& files, std::size_t most);

    std::mutex mutex_;
    Files before_;
    std::vector<Operation> operations_;
};

}  // namespace confcast::test
