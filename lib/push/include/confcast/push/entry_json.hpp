// An entry as JSON text (api.md, "An entry"): the one encoder for pushed updates, snapshot pages and REST answers, so
// that a setting looks the same wherever it is read. Appends to the caller's string; no document is built in between.
// Invariant: what is appended is valid JSON in valid UTF-8, whatever bytes the entry has.
#pragma once

#include <string>
#include <string_view>

#include "confcast/feed/entry.hpp"

namespace confcast::push {

/// The entry's content type, or what its bytes suggest when none is known (a write by hand): valid UTF-8 is
/// "text/plain; charset=utf-8", anything else "application/octet-stream".
std::string_view content_type_of(const feed::Entry& entry);

/// Appends `{"key":…,"value":…,"encoding"?,"content_type":…,"create_revision":…,"mod_revision":…,"version":…,
/// "updated_at"?,"author"?,"message"?,"ttl"?}`. A value that is not valid UTF-8 is base64 (RFC 4648, section 4) with
/// `"encoding":"base64"`; `updated_at` is RFC 3339 in UTC with milliseconds; `ttl` is seconds as granted. With
/// `meta_only` there is no value and no encoding.
void append_entry(std::string& out, const feed::Entry& entry, bool meta_only);

/// The same without the braces, for objects that have members of their own before it.
void append_entry_members(std::string& out, const feed::Entry& entry, bool meta_only);

/// The instant as a JSON string: RFC 3339 in UTC with milliseconds.
void append_instant(std::string& out, SystemTime time);

}  // namespace confcast::push
