// The store's files in its directory: confcast.db (with SQLite's -wal and -shm beside it) and `lock`. Everything that
// can be wrong with them is refused here by a sentence; nothing damaged, foreign or missing is ever opened as empty.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "confcast/base/error.hpp"
#include "schema.hpp"
#include "sqlite.hpp"

namespace confcast::store {

/// Held as long as the store is open; the kernel releases it when the process ends, however it ends.
class DirectoryLock {
  public:
    static Result<DirectoryLock> take(const std::string& directory);
    DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock() { release(); }
    void release();

  private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// Which file a path names; nothing when it names none.
struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    static std::optional<FileId> of(const std::string& path);
    friend bool operator==(FileId, FileId) = default;
};

struct StoreFile {
    std::string path;
    std::string vfs;
    bool synchronous_full = true;
    StoreIdentity identity;
    std::optional<FileId> file;  // once it has been opened

    /// A connection with the room's settings. SqliteError when the path names no file, or another one than was opened:
    /// SQLite would mix that with the write-ahead log of the old one.
    std::unique_ptr<Database> connect() const;
    /// Bytes of the database and its write-ahead log.
    std::int64_t size_bytes() const;
};

/// Makes the directory (mode 0700) when it is not there. Error: store_unavailable with detail "reason".
Result<> make_directory(const std::string& directory);

/// Finds or makes the store in a directory whose lock is held, and checks it. Error: store_unavailable ("reason").
Result<StoreFile> find_or_make(const std::string& directory, const std::string& vfs, bool synchronous_full);

}  // namespace confcast::store
