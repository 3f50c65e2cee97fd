// An SQLite VFS that does what the real one does until it is told to fail: a disk that is full, read-only or broken, on
// demand and without one. Set before the store is opened or between calls; the store's threads read it.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <string>

#include "disk_record.hpp"

namespace confcast::test {

struct Faults {
    /// What a write, a sync, an open or a truncation answers; SQLITE_OK = it is done.
    std::atomic<int> write{SQLITE_OK};
    std::atomic<int> sync{SQLITE_OK};
    std::atomic<int> open{SQLITE_OK};
    /// So many operations (writes and syncs together) are still done before the above begins.
    std::atomic<int> after{0};
    /// Only the database file fails, not its write-ahead log: what a checkpoint meets.
    std::atomic<bool> database_only{false};
    std::atomic<int> operations{0};
    std::atomic<int> refused{0};
    /// Is told of each write, truncation, sync and removal that is done; set while no store is open.
    std::atomic<DiskRecord*> record{nullptr};

    void heal() {
        write = SQLITE_OK;
        sync = SQLITE_OK;
        open = SQLITE_OK;
        after = 0;
        database_only = false;
        record = nullptr;
    }
};

/// The process's only one; heal() it at the start of a test.
Faults& faults();
/// Registers the VFS the first time; its name for EmbeddedOptions::vfs.
std::string fault_vfs();

}  // namespace confcast::test
