// What confcast keeps beside settings is text that people can read with the store's own tools: a first line that says
// what it is, then `name: value` lines in which control characters and % are percent-escaped. Names that a reader does
// not know are ignored, so that a record may grow.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/trace_context.hpp"

namespace confcast::store {

/// Appends nothing when the value is empty.
void append_line(std::string& out, std::string_view name, std::string_view value);

/// Calls `visit(name, value)` for each line after `header`. False when the bytes are not such a record (each value is
/// valid UTF-8), or as soon as `visit` says so.
bool read_record(std::string_view bytes, std::string_view header,
                 const std::function<bool(std::string_view name, std::string value)>& visit);

// Any record may say which trace the write that made it belongs to. Who sees the write tells it on; nobody keeps it.

void append_trace(std::string& out, const std::optional<TraceContext>& trace);
/// What append_trace() has put into a record of whatever kind; nullopt when it has none, or what is there is no trace.
std::optional<TraceContext> trace_of(std::string_view record);
/// A record of nothing else.
std::string encode_trace(const TraceContext& trace);

}  // namespace confcast::store
