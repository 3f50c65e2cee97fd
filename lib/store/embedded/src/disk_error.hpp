// What SQLite says of a disk, as a sentence for the person who has to do something about it.
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "sqlite.hpp"

namespace confcast::store {

/// store_unavailable with detail "reason".
Error unavailable(std::string_view reason);

/// One plain sentence: what is wrong with the store at `path`, and what SQLite calls it.
std::string sentence_of(const SqliteError& error, const std::string& path);

/// True when a COMMIT that failed like this may have left complete frames in the write-ahead log: a crash before they
/// are overwritten would bring the transaction back.
bool leaves_doubt(const SqliteError& error);

/// True when the connection itself may be what is broken (not a full disk, not a busy lock).
bool wants_new_connection(const SqliteError& error);

}  // namespace confcast::store
