#include "valid_json.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "confcast/base/utf8.hpp"

namespace confcast::push {

bool is_json_line(std::string_view text) {
    if (!is_valid_utf8(text) || text.find_first_of("\r\n") != std::string_view::npos) return false;
    boost::json::monotonic_resource memory;
    boost::json::parse_options options;
    options.max_depth = max_payload_depth;
    boost::system::error_code ec;
    boost::json::parse(text, ec, &memory, options);
    return !ec;
}

}  // namespace confcast::push
