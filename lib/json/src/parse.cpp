// Boost.JSON's own parser keeps the last of two members of one name without a word. This handler builds the same value
// and sees the names on their way, so that a text that says two things is refused.
#include "confcast/json/parse.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <optional>
#include <vector>

namespace confcast::json_text {
namespace json = boost::json;

namespace {

class UniqueMembers {
  public:
    constexpr static std::size_t max_object_size = json::object::max_size();
    constexpr static std::size_t max_array_size = json::array::max_size();
    constexpr static std::size_t max_key_size = json::string::max_size();
    constexpr static std::size_t max_string_size = json::string::max_size();

    explicit UniqueMembers(json::storage_ptr storage) { stack_.reset(std::move(storage)); }

    json::value release() { return stack_.release(); }
    /// The name that an object has twice, if one has.
    const std::optional<std::string>& repeated() const { return repeated_; }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return true; }
    bool on_array_begin(json::error_code&) { return true; }

    bool on_object_end(std::size_t count, json::error_code& ec) {
        const auto first = names_.end() - static_cast<std::ptrdiff_t>(count);
        std::sort(first, names_.end());
        const auto twin = std::adjacent_find(first, names_.end());
        if (twin != names_.end()) {
            repeated_ = *twin;
            ec = json::error::extra_data;  // any: the caller looks at repeated()
            return false;
        }
        names_.erase(first, names_.end());
        stack_.push_object(count);
        return true;
    }
    bool on_array_end(std::size_t count, json::error_code&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        name_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        name_.append(part.data(), part.size());
        names_.push_back(std::move(name_));
        name_.clear();
        stack_.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        stack_.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
        stack_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
        stack_.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view, json::error_code&) {
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool value, json::error_code&) {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(json::error_code&) {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

  private:
    json::value_stack stack_;
    std::vector<std::string> names_;  // of the objects that are open
    std::string name_;
    std::optional<std::string> repeated_;
};

json::parse_options strict(std::size_t max_depth) {
    json::parse_options options;
    options.max_depth = max_depth;
    return options;
}

}  // namespace

Result<json::value> parse(std::string_view text, std::size_t max_depth, json::storage_ptr storage) {
    if (text.empty()) return Error(Errc::malformed_json).with("position", 0).with("problem", "the body is empty");

    json::basic_parser<UniqueMembers> parser(strict(max_depth), std::move(storage));
    json::error_code ec;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
    if (const auto& name = parser.handler().repeated())
        return Error(Errc::invalid_field).with("name", *name).with("rule", "an object has the same member twice");
    if (ec == json::error::too_deep)
        return Error(Errc::json_too_deep).with("limit", static_cast<std::int64_t>(max_depth));
    if (!ec && read < text.size()) ec = json::error::extra_data;
    if (ec)
        return Error(Errc::malformed_json)
            .with("position", static_cast<std::int64_t>(read))
            .with("problem", ec.message());
    return parser.handler().release();
}

}  // namespace confcast::json_text
