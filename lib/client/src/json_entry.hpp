// Entries and values between JSON and their structures.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/client/entry.hpp"

namespace confcast::client {

/// nullopt when it is no entry. Members that are not known are passed over: a newer server may have more.
std::optional<Entry> entry_from(const boost::json::object& object);
boost::json::object to_json(const Entry& entry);
/// Adds "value", and "encoding" when the bytes are not UTF-8, or would grow by escapes.
void set_value(boost::json::object& object, std::string_view value);

/// The member of that name and type; nullopt when there is none.
std::optional<std::string_view> text_in(const boost::json::object& object, std::string_view name);
std::optional<std::int64_t> number_in(const boost::json::object& object, std::string_view name);

}  // namespace confcast::client
