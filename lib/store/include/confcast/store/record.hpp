// What confcast keeps beside settings is text that people can read with the store's own tools: a first line that says
// what it is, then `name: value` lines in which control characters and % are percent-escaped. Names that a reader does
// not know are ignored, so that a record may grow.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace confcast::store {

/// Appends nothing when the value is empty.
void append_line(std::string& out, std::string_view name, std::string_view value);

/// Calls `visit(name, value)` for each line after `header`. False when the bytes are not such a record (each value is
/// valid UTF-8), or as soon as `visit` says so.
bool read_record(std::string_view bytes, std::string_view header,
                 const std::function<bool(std::string_view name, std::string value)>& visit);

}  // namespace confcast::store
