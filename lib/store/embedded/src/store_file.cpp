#include "store_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "disk_error.hpp"

namespace confcast::store {
namespace {

namespace fs = std::filesystem;

constexpr int busy_timeout_ms = 1'000;

std::int64_t size_or_minus_one(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? -1 : static_cast<std::int64_t>(size);
}

Epoch random_epoch() {
    std::random_device device;
    Epoch epoch;
    while (epoch.id == 0) epoch.id = (std::uint64_t{device()} << 32U) ^ device();
    return epoch;
}

void sync_directory(const std::string& directory) {
    const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

void remove_unfinished(const std::string& path) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(path + suffix, ignored);
}

/// Under another name first: a crash in between leaves no half-made store behind under the real one.
void make_store(const std::string& directory, const std::string& path, const std::string& vfs) {
    const std::string unfinished = path + ".new";
    remove_unfinished(unfinished);
    {
        Database database(unfinished, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
        database.execute("PRAGMA synchronous = FULL");
        create_schema(database, random_epoch());
        // Kept in the file's header: the next connection need not ask.
        database.execute("PRAGMA journal_mode = WAL");
    }
    if (::chmod(unfinished.c_str(), 0600) != 0 || ::rename(unfinished.c_str(), path.c_str()) != 0)
        throw SqliteError(SQLITE_CANTOPEN, errno, "rename");
    sync_directory(directory);
}

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    std::int64_t number = 0;
    for (const char c : bytes.substr(at, size)) number = number * 256 + static_cast<unsigned char>(c);
    return number;
}

/// The file by itself, before SQLite opens it (https://www.sqlite.org/fileformat.html, "The Database Header").
Result<> check_shape(const std::string& path) {
    const auto size = size_or_minus_one(path);
    if (size == 0) {
        return unavailable("The file " + path +
                           " is empty, so it is no store: restore it from a backup, or move it away to begin anew.");
    }
    std::string magic(16, '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file) return unavailable("The file " + path + " cannot be read: check its permissions.");
    file.read(magic.data(), static_cast<std::streamsize>(magic.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    const std::string_view wanted("SQLite format 3\0", 16);
    if (magic.compare(0, got, wanted.substr(0, got)) != 0)
        return unavailable("The file " + path + " is not an SQLite database: it belongs to something else.");
    auto truncated = unavailable("The file " + path + " is truncated: restore it from a backup.");
    std::string header(100, '\0');
    file.seekg(0);
    file.read(header.data(), static_cast<std::streamsize>(header.size()));
    if (!file) return truncated;
    // SQLite itself forgives a last page that is cut short. A checkpoint that a crash cut short is mended from the log.
    const bool has_log = size_or_minus_one(path + "-wal") > 0;
    const std::int64_t pages = big_endian(header, 28, 4);
    const std::int64_t page_size = big_endian(header, 16, 2) == 1 ? 65'536 : big_endian(header, 16, 2);
    if (!has_log && size < pages * page_size) return truncated;
    return {};
}

Result<> check_content(Database& database, const std::string& path) {
    const auto id = database.integer("PRAGMA application_id");
    if (id != application_id)
        return unavailable("The file " + path + " is an SQLite database of another program, not a confcast store.");
    const auto version = database.integer("PRAGMA user_version");
    if (version > schema_version) {
        return unavailable("The store " + path + " was written by a newer confcast (schema " + std::to_string(version) +
                           ", this one knows " + std::to_string(schema_version) + "): use that version.");
    }
    if (version < 1) {
        return unavailable("The store " + path + " has the unknown schema " + std::to_string(version) +
                           ": it is damaged; restore it from a backup.");
    }
    const auto verdict = database.text("PRAGMA quick_check(1)");
    if (verdict != "ok") {
        return unavailable("The store " + path +
                           " is damaged: restore it from a backup (SQLite: " + verdict.substr(0, 200) + ").");
    }
    return {};
}

void configure(Database& database, bool synchronous_full) {
    sqlite3_busy_timeout(database.handle(), busy_timeout_ms);
    database.execute("PRAGMA journal_mode = WAL");
    database.execute(synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    // The log file shrinks again after a burst. (No wal_autocheckpoint here: it would replace Database's hook.)
    database.execute("PRAGMA journal_size_limit = 67108864");
    database.execute("PRAGMA cache_size = -16384");
    database.execute("PRAGMA cell_size_check = ON");
    database.execute("PRAGMA trusted_schema = OFF");
}

}  // namespace

std::optional<FileId> FileId::of(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return std::nullopt;
    return FileId{found.st_dev, found.st_ino};
}

std::unique_ptr<Database> StoreFile::connect() const {
    if (file && FileId::of(path) != file)
        throw SqliteError(SQLITE_READONLY_DBMOVED, 0, "the path names another file, or none");
    auto database = std::make_unique<Database>(path, SQLITE_OPEN_READWRITE, vfs);
    configure(*database, synchronous_full);
    if (read_identity(*database).epoch != identity.epoch)
        throw SqliteError(SQLITE_NOTADB, 0, "the file was replaced by another store; restart the server to use it");
    return database;
}

std::int64_t StoreFile::size_bytes() const {
    return std::max<std::int64_t>(0, size_or_minus_one(path)) +
           std::max<std::int64_t>(0, size_or_minus_one(path + "-wal"));
}

Result<StoreFile> find_or_make(const std::string& directory, const std::string& vfs, bool synchronous_full) {
    StoreFile file{directory + "/confcast.db", vfs, synchronous_full, {}, {}};
    std::error_code ignored;
    try {
        if (!fs::exists(fs::symlink_status(file.path, ignored))) {
            if (fs::exists(file.path + "-wal", ignored)) {
                return unavailable("The file " + file.path + " is gone but its write-ahead log " + file.path +
                                   "-wal is there: put the database back, or restore both from a backup.");
            }
            make_store(directory, file.path, vfs);
        }
        if (const auto shape = check_shape(file.path); !shape) return shape.error();
        Database database(file.path, SQLITE_OPEN_READWRITE, vfs);
        if (sqlite3_db_readonly(database.handle(), "main") == 1) {
            return unavailable("The file " + file.path +
                               " cannot be written: check its permissions and how its disk is mounted.");
        }
        sqlite3_busy_timeout(database.handle(), busy_timeout_ms);
        if (const auto content = check_content(database, file.path); !content) return content.error();
        if (database.integer("PRAGMA user_version") < schema_version) upgrade_schema(database);
        file.identity = read_identity(database);
        file.file = FileId::of(file.path);
    } catch (const SqliteError& error) {
        return unavailable(sentence_of(error, file.path));
    }
    return file;
}

}  // namespace confcast::store
