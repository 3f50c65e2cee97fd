// A JSON request body: strict (RFC 8259), bounded in depth, no member named twice. Readers name what they refuse by its
// JSON pointer (RFC 6901).
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"

namespace confcast::api {

inline constexpr std::size_t max_json_depth = 32;

/// The document; its memory is `storage`'s. Errors: malformed_json (details "position" in bytes, "problem"; an empty
/// body, invalid UTF-8 and trailing bytes too), json_too_deep (detail "limit"), invalid_field for a member that an
/// object has twice (detail "pointer").
Result<boost::json::value> parse_json(std::string_view body, boost::json::storage_ptr storage = {});

/// invalid_field with its two particulars.
Error bad_field(std::string_view pointer, std::string_view rule);

/// Reads the members of one object of a body. Valid as long as the document.
class ObjectReader {
  public:
    /// `pointer` is the object's own place, "" for the document. Error: invalid_field when it is not an object.
    static Result<ObjectReader> make(const boost::json::value& value, std::string pointer);

    /// Refuses members that are not in the list: unknown_field (details "kind", "name", "pointer", "known").
    Result<> only(std::initializer_list<std::string_view> known) const;

    /// The member, or nullptr.
    const boost::json::value* find(std::string_view name) const;
    /// nullopt when it is not there; invalid_field when it is not a string.
    Result<std::optional<std::string_view>> text(std::string_view name) const;
    /// The same for a member that must be there.
    Result<std::string_view> required_text(std::string_view name) const;
    /// A whole number between both bounds.
    Result<std::optional<std::int64_t>> number(std::string_view name, std::int64_t low, std::int64_t high) const;
    /// The elements of an array, or nullptr when it is not there.
    Result<const boost::json::array*> array(std::string_view name) const;

    std::string pointer_to(std::string_view name) const;

  private:
    ObjectReader(const boost::json::object& object, std::string pointer)
        : object_(&object), pointer_(std::move(pointer)) {}
    const boost::json::object* object_;
    std::string pointer_;
};

/// A request's body that is one JSON object. The readers live as long as it.
class JsonRequest {
  public:
    /// Errors: unsupported_media_type (detail "content_type"); parse_json()'s; invalid_field when it is no object;
    /// unknown_field for a member that is not among `known`.
    Result<> read(const http::Request& request, std::initializer_list<std::string_view> known);
    /// Precondition: read() has succeeded.
    const ObjectReader& object() const { return *object_; }

  private:
    boost::json::monotonic_resource memory_;
    boost::json::value document_;
    std::optional<ObjectReader> object_;
};

}  // namespace confcast::api
