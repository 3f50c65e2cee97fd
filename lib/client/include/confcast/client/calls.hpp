// What can be asked of a server, and what it answers. Plain values; each call has its own time limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "confcast/client/entry.hpp"

namespace confcast::client {

/// For every call.
struct CallOptions {
    std::optional<std::chrono::milliseconds>
        timeout{};             // of the whole call, all servers together; unset = the client's
    std::string request_id{};  // sent as X-Request-Id; "" = one is made
};

struct GetOptions : CallOptions {
    std::optional<Revision> min_revision{};  // wait (bounded) until the node has seen it
    std::optional<Revision> revision{};      // read the past
    bool linearizable = false;               // ask the store, not the node's memory
    bool meta_only = false;                  // without the value
};

/// An entry, and how old the answer is.
struct Found : Entry {
    Position position;                            // of the node that answered
    std::optional<std::chrono::seconds> stale{};  // the node has not heard of its store for so long
};

struct ListOptions : CallOptions {
    std::size_t page = 500;  // entries asked for at a time; the time limit is for each page
    bool meta_only = false;
};

struct Listing {
    Position position;  // all entries are of this one: a watch may go on from here
    std::vector<Entry> entries;
};

struct ListPage : Listing {
    std::string next_cursor;  // "" = this was the last one
};

/// Conditions and particulars of a write.
struct PutOptions : CallOptions {
    std::string content_type{};
    std::optional<std::chrono::seconds> ttl{};
    std::string message{};
    std::optional<Revision> if_revision{};  // only if its mod_revision is this one; 0 = only if it is not there
    bool create_only = false;               // only if it is not there
    bool dry_run = false;                   // say what would happen, do nothing
    /// Of the caller's making, 1 to 255 visible ASCII characters; "" = none. The same write may be sent again with it,
    /// after a failure of which outcome_unknown() is true: it is done once.
    std::string idempotency_key{};
};

struct DeleteOptions : CallOptions {
    std::optional<Revision> if_revision{};
    bool dry_run = false;
    std::string idempotency_key{};  // as in PutOptions
};

struct Written {
    std::string key;
    Revision mod_revision = 0;  // of this write; of a dry run: the current one, 0 = it is not there
    std::int64_t version = 0;
    bool applied = true;     // the node that answered shows it already
    std::string action{};    // of a dry run: "create", "replace", "delete"
    bool duplicate = false;  // it had been done before, under the same idempotency key
};

/// All or nothing, one revision.
struct Txn {
    struct Compare {
        std::string key;
        Revision mod_revision = 0;  // 0 = it is not there
    };
    struct Put {
        std::string key;
        std::string value;
        std::string content_type{};
        std::optional<std::chrono::seconds> ttl{};
        std::string message{};
    };
    std::vector<Compare> compares{};
    std::vector<Put> puts{};
    std::vector<std::string> deletes{};
};

struct TxnOptions : CallOptions {
    bool dry_run = false;
    std::string idempotency_key{};  // as in PutOptions
};

struct TxnDone {
    Revision revision = 0;  // of a dry run: the one that was looked at
    std::vector<Written> puts;
    std::vector<std::pair<std::string, bool>> deletes;  // key, was it there
    bool applied = true;
    bool duplicate = false;  // as in Written; nothing but the revision is told then
};

struct NotifyOptions : CallOptions {
    std::string timestamp{};  // RFC 3339, or milliseconds since 1970; "" = now
};

struct Notified {
    Revision revision = 0;
    bool duplicate = false;  // told before, at that revision; nobody is told again
};

/// Anything else: for tools that need an answer as it is.
struct RawRequest : CallOptions {
    std::string method = "GET";
    std::string target{};  // with the query, percent-encoded
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    /// Is given the body of a 200 piece by piece, in place of RawResponse::body, so that it may be of any length. The
    /// time limit is then for the answer's beginning, and anew for each piece; nothing is asked twice. It may have been
    /// given a part of a body that fails. Must not throw.
    std::function<void(std::string_view piece)> sink{};
};

struct RawResponse {
    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string server;      // HOST:PORT
    std::string request_id;  // as answered, else as sent
    /// The first of that name (case does not matter), "" when there is none.
    std::string_view header(std::string_view name) const;
};

/// A key or anything else as one piece of a target: what is not unreserved is %XX, but '/' stays.
std::string percent_encode(std::string_view text);

}  // namespace confcast::client
