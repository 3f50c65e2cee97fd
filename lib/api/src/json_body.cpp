#include "json_body.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "confcast/json/parse.hpp"
#include "setting_body.hpp"

namespace confcast::api {
namespace json = boost::json;

namespace {

constexpr std::string_view must_be_text = "it must be a string";

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

Result<json::value> parse_json(std::string_view body, json::storage_ptr storage) {
    return json_text::parse(body, max_json_depth, std::move(storage));
}

Error bad_field(std::string_view pointer, std::string_view rule) {
    return Error(Errc::invalid_field).with("pointer", pointer.empty() ? "/" : pointer).with("rule", rule);
}

Result<ObjectReader> ObjectReader::make(const json::value& value, std::string pointer) {
    const json::object* object = value.if_object();
    if (object == nullptr) return bad_field(pointer, "it must be an object");
    return ObjectReader(*object, std::move(pointer));
}

Result<> ObjectReader::only(std::initializer_list<std::string_view> known) const {
    for (const auto& member : *object_) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(known, name) != known.end()) continue;
        std::string names;
        for (const std::string_view k : known) {
            if (!names.empty()) names += ", ";
            names += k;
        }
        return Error(Errc::unknown_field)
            .with("kind", "field")
            .with("name", name)
            .with("pointer", pointer_to(name))
            .with("known", names);
    }
    return {};
}

const json::value* ObjectReader::find(std::string_view name) const {
    return object_->if_contains(json::string_view(name.data(), name.size()));
}

Result<std::optional<std::string_view>> ObjectReader::text(std::string_view name) const {
    const json::value* member = find(name);
    if (member == nullptr) return std::optional<std::string_view>{};
    const json::string* string = member->if_string();
    if (string == nullptr) return bad_field(pointer_to(name), must_be_text);
    return std::optional<std::string_view>{view_of(*string)};
}

Result<std::string_view> ObjectReader::required_text(std::string_view name) const {
    const Result<std::optional<std::string_view>> found = text(name);
    if (!found) return found.error();
    if (!*found) return bad_field(pointer_to(name), "it is missing");
    return **found;
}

Result<std::optional<std::int64_t>> ObjectReader::number(std::string_view name, std::int64_t low,
                                                         std::int64_t high) const {
    const json::value* member = find(name);
    if (member == nullptr) return std::optional<std::int64_t>{};
    const std::int64_t* number = member->if_int64();
    if (number == nullptr || *number < low || *number > high)
        return bad_field(pointer_to(name),
                         "it must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::optional<std::int64_t>{*number};
}

Result<const json::array*> ObjectReader::array(std::string_view name) const {
    const json::value* member = find(name);
    if (member == nullptr) return static_cast<const json::array*>(nullptr);
    const json::array* elements = member->if_array();
    if (elements == nullptr) return bad_field(pointer_to(name), "it must be an array");
    return elements;
}

std::string ObjectReader::pointer_to(std::string_view name) const {
    std::string out = pointer_;
    out += '/';
    for (const char c : name) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

Result<> JsonRequest::read(const http::Request& request, std::initializer_list<std::string_view> known) {
    if (!brings_json(request))
        return Error(Errc::unsupported_media_type)
            .with("content_type", request.header("Content-Type").value_or("nothing"));
    Result<json::value> document = parse_json(request.body, &memory_);
    if (!document) return document.error();
    document_ = std::move(*document);
    Result<ObjectReader> object = ObjectReader::make(document_, "");
    if (!object) return object.error();
    object_ = *object;
    return object_->only(known);
}

}  // namespace confcast::api
