#include "setting_body.hpp"

#include "confcast/base/base64.hpp"
#include "media_type.hpp"

namespace confcast::api {
namespace {

Result<> check_value(const std::string& value, const SettingLimits& limits) {
    if (value.size() <= limits.max_value) return {};
    return Error(Errc::value_too_large)
        .with("limit", static_cast<std::int64_t>(limits.max_value))
        .with("size", static_cast<std::int64_t>(value.size()));
}

Result<std::string> read_value(const ObjectReader& object) {
    const Result<std::string_view> text = object.required_text("value");
    if (!text) return text.error();
    const Result<std::optional<std::string_view>> encoding = object.text("encoding");
    if (!encoding) return encoding.error();
    if (!*encoding) return std::string(*text);
    if (**encoding != "base64") return bad_field(object.pointer_to("encoding"), "it can only be: base64");
    std::optional<std::string> bytes = base64_decode(*text);
    if (!bytes) return bad_field(object.pointer_to("value"), "it is not base64 with padding (RFC 4648)");
    return std::move(*bytes);
}

}  // namespace

bool brings_json(const http::Request& request) {
    const auto type = request.header("Content-Type");
    return type && is_json_media_type(*type);
}

Result<Setting> read_setting(const ObjectReader& object, const SettingLimits& limits) {
    Setting setting;
    Result<std::string> value = read_value(object);
    if (!value) return value.error();
    setting.value = std::move(*value);
    const Result<> fits = check_value(setting.value, limits);
    if (!fits) return fits.error();

    const Result<std::optional<std::string_view>> type = object.text("content_type");
    if (!type) return type.error();
    if (*type) {
        if (!is_media_type(**type))
            return bad_field(object.pointer_to("content_type"), "it must be a media type of at most 255 bytes");
        setting.content_type = **type;
    }
    const Result<std::optional<std::string_view>> message = object.text("message");
    if (!message) return message.error();
    if (*message) {
        if ((*message)->size() > limits.max_message)
            return bad_field(object.pointer_to("message"),
                             "it has at most " + std::to_string(limits.max_message) + " bytes");
        setting.message = **message;
    }
    const Result<std::optional<std::int64_t>> ttl = object.number("ttl", 1, max_ttl_s);
    if (!ttl) return ttl.error();
    setting.ttl_s = *ttl;
    return setting;
}

Result<Setting> read_raw_setting(http::Request& request, const SettingLimits& limits) {
    Setting setting;
    if (const auto type = request.header("Content-Type")) {
        if (!is_media_type(*type))
            return Error(Errc::invalid_header)
                .with("name", "Content-Type")
                .with("rule", "it must be a media type of at most 255 bytes");
        setting.content_type = *type;
    }
    const Result<> fits = check_value(request.body, limits);
    if (!fits) return fits.error();
    setting.value = std::move(request.body);
    return setting;
}

}  // namespace confcast::api
