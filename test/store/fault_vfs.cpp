#include "fault_vfs.hpp"

#include <cstdint>

namespace confcast::test {
namespace {

struct File {
    sqlite3_file base;
    bool is_database;
    const char* path;  // SQLite's own, as long as the file is open
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* mine(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return mine(file)->real(); }
sqlite3_vfs* real_vfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int verdict(sqlite3_file* file, const std::atomic<int>& wanted) {
    Faults& f = faults();
    ++f.operations;
    if (wanted == SQLITE_OK || (f.database_only && !mine(file)->is_database)) return SQLITE_OK;
    if (f.after > 0 && f.after.fetch_sub(1) > 0) return SQLITE_OK;
    ++f.refused;
    return wanted;
}

/// SQLite's temporary files have no name, and are nothing that a crash leaves.
DiskRecord* recorder(sqlite3_file* file) { return mine(file)->path == nullptr ? nullptr : faults().record.load(); }

int close_file(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, n, at); }
int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    const int code = verdict(f, faults().write);
    if (code != SQLITE_OK) return code;
    if (auto* record = recorder(f))
        record->on_write(mine(f)->path, at, {static_cast<const char*>(from), std::size_t(n)});
    return real(f)->pMethods->xWrite(real(f), from, n, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 n) {
    if (auto* record = recorder(f)) record->on_truncate(mine(f)->path, n);
    return real(f)->pMethods->xTruncate(real(f), n);
}
int sync(sqlite3_file* f, int flags) {
    const int code = verdict(f, faults().sync);
    if (code != SQLITE_OK) return code;
    const int done = real(f)->pMethods->xSync(real(f), flags);
    if (auto* record = recorder(f)) record->on_sync(mine(f)->path);
    return done;
}
int file_size(sqlite3_file* f, sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); }
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_reserved(sqlite3_file* f, int* held) { return real(f)->pMethods->xCheckReservedLock(real(f), held); }
int control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods methods = {
    2,         close_file,     read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    if (faults().open != SQLITE_OK) return faults().open;
    mine(file)->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    mine(file)->path = name;
    const int code = real_vfs(vfs)->xOpen(real_vfs(vfs), name, real(file), flags, out_flags);
    if (real(file)->pMethods != nullptr) file->pMethods = &methods;
    return code;
}

sqlite3_vfs& registered() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
        made.pAppData = sqlite3_vfs_find(nullptr);
        made.szOsFile += static_cast<int>(sizeof(File));
        made.zName = "confcast-fault";
        made.pNext = nullptr;
        made.xOpen = open_file;
        made.xDelete = [](sqlite3_vfs* v, const char* n, int s) {
            if (auto* record = faults().record.load()) record->on_remove(n);
            return real_vfs(v)->xDelete(real_vfs(v), n, s);
        };
        made.xAccess = [](sqlite3_vfs* v, const char* n, int flags, int* out) {
            return real_vfs(v)->xAccess(real_vfs(v), n, flags, out);
        };
        made.xFullPathname = [](sqlite3_vfs* v, const char* n, int size, char* out) {
            return real_vfs(v)->xFullPathname(real_vfs(v), n, size, out);
        };
        return made;
    }();
    return vfs;
}

}  // namespace

Faults& faults() {
    static Faults all;
    return all;
}

std::string fault_vfs() {
    sqlite3_vfs_register(&registered(), 0);
    return registered().zName;
}

}  // namespace confcast::test
