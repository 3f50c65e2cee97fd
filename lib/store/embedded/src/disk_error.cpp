#include "disk_error.hpp"

#include <cerrno>
#include <system_error>

namespace confcast::store {
namespace {

std::string what_is_wrong(const SqliteError& error, const std::string& path) {
    switch (error.system_errno()) {
        case ENOSPC:
            return "The disk that holds " + path + " is full: free space on it";
        case EDQUOT:
            return "The disk quota for " + path + " is used up: raise it or free space";
        case EROFS:
            return "The disk that holds " + path + " is read-only: mount it writable";
        default:
            break;
    }
    switch (error.primary()) {
        case SQLITE_FULL:
            return "The disk that holds " + path + " is full: free space on it";
        case SQLITE_READONLY:
            return error.code() == SQLITE_READONLY_DBMOVED
                       ? "The file " + path +
                             " was moved, deleted or replaced under the running server: put the very file back, or "
                             "restart the server to use what is there"
                       : "The file " + path + " cannot be written: check its permissions and how its disk is mounted";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "Another program holds a lock on " + path + ": end it";
        case SQLITE_CANTOPEN:
            return "The file " + path + " cannot be opened: check that it is there, its permissions and its disk";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return "The file " + path + " is damaged: restore it from a backup";
        case SQLITE_IOERR:
            return "The disk that holds " + path + " fails: check it and the kernel's log";
        default:
            return "The store at " + path + " does not work";
    }
}

}  // namespace

Error unavailable(std::string_view reason) { return Error(Errc::store_unavailable).with("reason", reason); }

std::string sentence_of(const SqliteError& error, const std::string& path) {
    std::string text = what_is_wrong(error, path) + " (SQLite: " + error.what();
    if (error.system_errno() != 0) text += ", " + std::generic_category().message(error.system_errno());
    return text + ").";
}

bool leaves_doubt(const SqliteError& error) {
    // The commit frame is the last that is written: when a write fails, it is not there or not whole.
    switch (error.primary()) {
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_BUSY:
            return false;
        default:
            return error.code() != SQLITE_IOERR_WRITE;
    }
}

bool wants_new_connection(const SqliteError& error) {
    return error.primary() != SQLITE_FULL && error.primary() != SQLITE_BUSY;
}

}  // namespace confcast::store
