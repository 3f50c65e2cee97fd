// SQLite as values with owners: a connection, a prepared statement, the rows of one execution. What SQLite refuses is
// a SqliteError, thrown: it crosses several layers of SQL and is caught at exactly three seams - open, one group of
// writes, one read - which turn it into an Error.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace confcast::store {

class SqliteError : public std::runtime_error {
  public:
    SqliteError(int code, int system_errno, const std::string& message)
        : std::runtime_error(message), code_(code), errno_(system_errno) {}
    /// The extended result code (SQLITE_IOERR_FSYNC, …).
    int code() const { return code_; }
    /// The primary one (SQLITE_IOERR, …).
    int primary() const { return code_ & 0xFF; }
    /// The errno behind it, 0 when SQLite kept none.
    int system_errno() const { return errno_; }

  private:
    int code_;
    int errno_;
};

/// One connection, used by one thread at a time.
class Database {
  public:
    /// Opens a file that exists; an empty `vfs` means SQLite's own.
    Database(const std::string& path, int flags, const std::string& vfs);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const char* sql);
    /// The first column of the first row.
    std::int64_t integer(const char* sql);
    std::string text(const char* sql);

    bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
    /// True when the path names another file than the one that is open, or none.
    bool moved();
    /// Pages in the write-ahead log after the last commit of this connection.
    int wal_pages() const { return wal_pages_; }
    /// Copies what it can from the write-ahead log into the database without waiting for readers.
    void checkpoint();

    sqlite3* handle() { return handle_; }
    [[noreturn]] void fail(int code) const;

  private:
    sqlite3* handle_ = nullptr;
    int wal_pages_ = 0;
};

class Statement;

/// One execution of a statement; ends it when it goes. Blobs that it hands out are valid until the next next().
class Rows {
  public:
    explicit Rows(Statement& statement) : statement_(statement) {}
    ~Rows();
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    bool next();
    std::int64_t integer(int column) const;
    std::string_view blob(int column) const;

  private:
    Statement& statement_;
};

/// Prepared once, executed often. Bound bytes are borrowed until the Rows go.
class Statement {
  public:
    Statement(Database& database, std::string_view sql);
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    template <class... Values>
    [[nodiscard]] Rows query(const Values&... values) {
        int index = 0;
        (bind(++index, values), ...);
        return Rows(*this);
    }
    /// For a statement without rows.
    template <class... Values>
    void run(const Values&... values) {
        query(values...).next();
    }

  private:
    friend class Rows;
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view blob);
    void bind(int index, std::nullptr_t);

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace confcast::store
