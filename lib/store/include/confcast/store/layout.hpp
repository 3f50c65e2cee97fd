// Where settings live in a store, so that by-hand writes and other tools keep working (api.md, "Keys, values,
// revisions"):
//   <prefix><key>                     the value's bytes, exactly
//   <prefix minus '/'>.confcast/meta/<key>   what confcast remembers of it, written in the same transaction
//   <prefix minus '/'>.confcast/notify/<id>  a notification (notification.hpp), until its time to live is over
//   <prefix minus '/'>.confcast/tokens/<id>  an API token, without its secret
//   <prefix minus '/'>.confcast/tickets/<id>  a one-time ticket's hash and whose it is, until somebody comes with it
//   <prefix minus '/'>.confcast/idempotency/<id>  that a write with this Idempotency-Key has happened, as long
//   <prefix minus '/'>.confcast/trace        the trace of a write that leaves no other record: one that only deletes
// A metadata record counts only when its mod_revision equals its entry's. One watch over watched() sees both.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/trace_context.hpp"
#include "confcast/store/types.hpp"

namespace confcast::store {

/// What confcast adds to a value.
struct Metadata {
    std::string content_type;  // empty = unknown
    std::string author;
    std::string message;
    std::optional<SystemTime> updated_at;  // millisecond precision
    std::optional<std::int64_t> ttl_s;     // as granted at the write
    friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// The record's bytes: text, readable with etcdctl. With the trace that the write belongs to (trace_of()), when there
/// is one.
std::string encode_metadata(const Metadata& metadata, const std::optional<TraceContext>& trace = std::nullopt);
/// nullopt when the bytes are not a record (somebody else's key): the entry then has no metadata.
std::optional<Metadata> decode_metadata(std::string_view bytes);

class Layout {
  public:
    /// `prefix` begins and ends with '/' and is at least 2 bytes: else invalid_parameter.
    static Result<Layout> make(std::string_view prefix);

    const std::string& prefix() const { return prefix_; }
    std::string entry_key(std::string_view key) const;
    std::string meta_key(std::string_view key) const;
    std::string notification_key(std::string_view id) const;
    std::string idempotency_key(std::string_view id) const;
    std::string token_key(std::string_view id) const;
    std::string ticket_key(std::string_view id) const;
    const std::string& trace_key() const { return trace_key_; }
    /// [`/config.`, `/config0`) for `/config/`: entries and all that is beside them, whole revisions at a time.
    KeyRange watched() const;

    enum class Kind : std::uint8_t { entry, metadata, notification, token, trace, other };
    struct Place {
        Kind kind = Kind::other;
        std::string_view key;  // the setting's, or a notification's or token's id: into the store key that was asked
    };
    Place place_of(std::string_view store_key) const;

  private:
    explicit Layout(std::string prefix);
    std::string prefix_;
    std::string meta_prefix_;
    std::string notification_prefix_;
    std::string idempotency_prefix_;
    std::string token_prefix_;
    std::string ticket_prefix_;
    std::string trace_key_;
};

/// The rules of keys (api.md): 1..512 bytes of valid UTF-8, segments joined by '/', no empty segment, no "." or "..",
/// no control characters (U+0000..U+001F, U+007F..U+009F). Error: invalid_key with details "key" (valid UTF-8 always)
/// and "rule".
Result<> check_key(std::string_view key);

inline constexpr std::size_t max_key_bytes = 512;

}  // namespace confcast::store
