// A dump: all settings and tokens of one revision as lines of JSON. The first line says what it is, the last one how
// many lines there were and the SHA-256 of every byte before that very digest: a dump without its last line is none.
// Used by who writes one (api), who keeps one (the command line) and who restores one (confcastd restore).
//
//   {"confcast_dump":1,"epoch":"…","revision":12,"time_ms":…,"prefix":"/config/","server":"0.1.0"}
//   {"setting":"app/port","value":"8080","content_type":…,"create_revision":…,"mod_revision":…,"version":…}
//   {"token":"0123456789abcdef","record":"…","mod_revision":…}
//   {"end":true,"settings":1,"tokens":1,"left_out":0,"sha256":"…"}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/types.hpp"

namespace confcast::backup {

inline constexpr std::int64_t format_version = 1;

struct DumpHeader {
    std::string epoch;  // of the store it was made from
    store::Revision revision = 0;
    std::int64_t time_ms = 0;  // since 1970, by the clock of who made it
    std::string prefix;        // of the store it was made from; a restore may use another one
    std::string server;        // its version
    friend bool operator==(const DumpHeader&, const DumpHeader&) = default;
};

/// A setting as it was at the dump's revision. Ascending by key.
struct DumpSetting {
    std::string key;
    std::string value;
    store::Metadata meta;  // empty when there is none that counts
    store::Revision create_revision = 0;
    store::Revision mod_revision = 0;
    std::int64_t version = 0;
    std::optional<std::int64_t> ttl_left;  // seconds, at the dump's time; at least 1
    bool foreign_lease = false;            // it has a lease by hand: nobody here knows how long that lives
    friend bool operator==(const DumpSetting&, const DumpSetting&) = default;
};

/// A token's record, byte for byte: without its secret. Ascending by id, behind the settings.
struct DumpToken {
    std::string id;
    std::string record;
    store::Revision mod_revision = 0;
    friend bool operator==(const DumpToken&, const DumpToken&) = default;
};

struct DumpTotals {
    std::int64_t settings = 0;
    std::int64_t tokens = 0;
    std::int64_t left_out = 0;  // keys in the store that are no settings: they break the rules of keys
    friend bool operator==(const DumpTotals&, const DumpTotals&) = default;
};

/// SHA-256 in pieces.
class Digest {
  public:
    Digest();
    ~Digest();
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;
    void add(std::string_view bytes);
    /// 64 lower-case hexadecimal digits; and it begins anew.
    std::string finish();

  private:
    void begin();
    void* context_;
};

/// Makes the text of a dump, piece by piece: begin(), any number of add(), end(), and take() whenever there is enough.
class DumpWriter {
  public:
    void begin(const DumpHeader& header);
    void add(const DumpSetting& setting);
    void add(const DumpToken& token);
    void leave_out() { ++totals_.left_out; }
    void end();

    std::size_t bytes() const { return text_.size(); }
    /// What was made since the last call.
    std::string take();
    const DumpTotals& totals() const { return totals_; }

  private:
    std::string text_;
    DumpTotals totals_;
    Digest digest_;
};

/// The last line: what is before its digest, and what is behind it. A reader compares with both, byte for byte.
std::string end_line(const DumpTotals& totals);
inline constexpr std::string_view end_of_end = "\"}\n";

using DumpLine = std::variant<DumpHeader, DumpSetting, DumpToken, DumpTotals>;
/// A line without its end. Error: invalid_parameter with detail "reason".
Result<DumpLine> parse_line(std::string_view line);

}  // namespace confcast::backup
