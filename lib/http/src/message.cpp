#include "confcast/http/message.hpp"

namespace confcast::http {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::del:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
        case Method::patch:
            return "PATCH";
    }
    return "?";
}

std::string_view Response::body_view() const {
    if (prepared) return prepared->body;
    if (const auto* text = std::get_if<std::string>(&body)) return *text;
    const auto& shared = std::get<std::shared_ptr<const std::string>>(body);
    return shared ? std::string_view(*shared) : std::string_view();
}

Response& Response::set(std::string_view name, std::string_view value) {
    if (prepared && prepared->headers.first(name)) {
        // It is no longer the same for everybody.
        headers.append(prepared->headers);
        body = std::shared_ptr<const std::string>(prepared, &prepared->body);
        prepared.reset();
    }
    headers.set(name, value);
    return *this;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
    auto found = headers.first(name);
    if (!found && prepared) found = prepared->headers.first(name);
    return found;
}

}  // namespace confcast::http
