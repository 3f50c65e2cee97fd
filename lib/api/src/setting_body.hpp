// What a write brings: a value and what to remember of it, from a JSON object or from raw bytes.
#pragma once

#include <optional>
#include <string>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"
#include "json_body.hpp"

namespace confcast::api {

struct Setting {
    std::string value;
    std::string content_type;
    std::string message;
    std::optional<std::int64_t> ttl_s;
};

struct SettingLimits {
    std::size_t max_value;
    std::size_t max_message;
};

inline constexpr std::int64_t max_ttl_s = 9'000'000'000;  // etcd's

/// Reads "value", "encoding", "content_type", "ttl" and "message" of an object whose members the caller has checked
/// with only(). Errors: invalid_field, value_too_large (details "limit", "size").
Result<Setting> read_setting(const ObjectReader& object, const SettingLimits& limits);

/// The body as it is, under the header's content type. Errors: invalid_header, value_too_large.
Result<Setting> read_raw_setting(http::Request& request, const SettingLimits& limits);

/// Does the request bring a JSON object that describes the setting (and not the value itself)?
bool brings_json(const http::Request& request);

}  // namespace confcast::api
