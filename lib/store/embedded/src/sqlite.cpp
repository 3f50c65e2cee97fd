#include "sqlite.hpp"

namespace confcast::store {

Database::Database(const std::string& path, int flags, const std::string& vfs) {
    const int code = sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        const SqliteError error(code, handle_ == nullptr ? 0 : sqlite3_system_errno(handle_), sqlite3_errstr(code));
        sqlite3_close_v2(handle_);
        throw error;
    }
    // This hook takes the place of SQLite's automatic checkpoint inside COMMIT.
    sqlite3_wal_hook(
        handle_,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Database*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        this);
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::fail(int code) const { throw SqliteError(code, sqlite3_system_errno(handle_), sqlite3_errmsg(handle_)); }

void Database::execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::integer(const char* sql) {
    Statement statement(*this, sql);
    Rows rows = statement.query();
    return rows.next() ? rows.integer(0) : 0;
}

std::string Database::text(const char* sql) {
    Statement statement(*this, sql);
    Rows rows = statement.query();
    return rows.next() ? std::string(rows.blob(0)) : std::string();
}

bool Database::moved() {
    int moved = 0;
    const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return code == SQLITE_OK && moved != 0;
}

void Database::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) database.fail(code);
}

void Statement::bind(int index, std::int64_t value) { sqlite3_bind_int64(handle_, index, value); }

void Statement::bind(int index, std::string_view blob) {
    // A null pointer would bind NULL: an empty value is a value.
    sqlite3_bind_blob64(handle_, index, blob.empty() ? "" : blob.data(), blob.size(), SQLITE_STATIC);
}

void Statement::bind(int index, std::nullptr_t) { sqlite3_bind_null(handle_, index); }

Rows::~Rows() { sqlite3_reset(statement_.handle_); }

bool Rows::next() {
    const int code = sqlite3_step(statement_.handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) statement_.database_.fail(code);
    return false;
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_.handle_, column); }

std::string_view Rows::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.handle_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.handle_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

}  // namespace confcast::store
