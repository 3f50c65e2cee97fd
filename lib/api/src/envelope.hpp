// {"code","message","data"}: the shape of every JSON answer (api.md, "Envelope"). The hot success path is appended by
// hand around data that is JSON text already; nothing is parsed or built twice.
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::api {

inline constexpr std::string_view json_content_type = "application/json";

/// Opens a success envelope; the caller appends `data` as JSON text and closes it with envelope_end.
inline constexpr std::string_view envelope_begin = R"({"code":200,"message":"ok","data":)";
inline constexpr std::string_view envelope_end = "}";

/// The text of a success with this data ("null" when there is none).
std::string success_text(std::string_view data);
/// The text of a failure. Particulars become members of data; long ones are cut, see shown().
std::string failure_text(const Error& error, http::Language language);

/// A success answer. `body` is a whole envelope.
http::Response json_response(std::string body, unsigned status = 200);
/// The ErrorRenderer: status, envelope in the request's language, and the headers that a code calls for (Retry-After,
/// Upgrade). `Allow` is the router's.
http::Response render_error(const http::Context& context, const Error& error);

}  // namespace confcast::api
