#include "request_line.hpp"

#include <algorithm>

#include "characters.hpp"

namespace confcast::http {
namespace {

Error malformed(std::string_view reason) { return Error(Errc::malformed_request).with("reason", reason); }

Result<unsigned> parse_version(std::string_view text) {
    if (text == "HTTP/1.1") return 11U;
    if (text == "HTTP/1.0") return 10U;
    const bool shaped =
        text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
    if (shaped) return Error(Errc::http_version_unsupported).with("version", text);
    return malformed("the version is not HTTP/1.1 or HTTP/1.0");
}

Result<Method> parse_method(std::string_view text) {
    if (text == "GET") return Method::get;
    for (const Method method :
         {Method::get, Method::head, Method::post, Method::put, Method::del, Method::options, Method::patch})
        if (to_string(method) == text) return method;
    return Error(Errc::method_not_implemented).with("method", text.substr(0, 32));
}

bool is_valid_port(std::string_view port) {
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
    unsigned number = 0;
    for (const char digit : port) number = number * 10 + static_cast<unsigned>(digit - '0');
    return number <= 65535;
}

// reg-name but for the comma: it is what a proxy makes of two Host fields.
constexpr CharacterClass is_name_char([](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-._~!$&'()*+;=").find(c) != std::string_view::npos;
});

bool is_valid_name(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '%') {
            if (i + 2 >= name.size() || !is_hex(name[i + 1]) || !is_hex(name[i + 2])) return false;
            i += 2;
            continue;
        }
        if (!is_name_char(name[i])) return false;
    }
    return !name.empty();
}

bool is_valid_ip_literal(std::string_view text) {
    return text.size() > 2 && std::all_of(text.begin(), text.end(), [](char c) {
               return is_hex(c) || c == ':' || c == '.' || c == 'v' || c == 'V';
           });
}

}  // namespace

bool is_valid_host(std::string_view host) {
    if (host.starts_with('[')) {
        const auto bracket = host.find(']');
        if (bracket == std::string_view::npos || !is_valid_ip_literal(host.substr(1, bracket - 1))) return false;
        const auto rest = host.substr(bracket + 1);
        return rest.empty() || (rest.front() == ':' && is_valid_port(rest.substr(1)));
    }
    const auto colon = host.find(':');
    if (colon != std::string_view::npos && !is_valid_port(host.substr(colon + 1))) return false;
    return is_valid_name(host.substr(0, colon));
}

Result<RequestLine> parse_request_line(std::string_view line, std::size_t max_target) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return malformed("the request line has not three parts");
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    if (method.empty() || !is_token_char.all(method)) return malformed("the method is not a token");
    if (target.empty() || !is_target_char.all(target))
        return malformed("the target has a byte that no target may have");

    RequestLine out;
    // The version first: the preface of HTTP/2 is a method of its own.
    const auto version = parse_version(line.substr(last + 1));
    if (!version) return version.error();
    out.version = *version;
    const auto known = parse_method(method);
    if (!known) return known.error();
    out.method = *known;
    if (target.size() > max_target)
        return Error(Errc::target_too_long)
            .with("limit", static_cast<std::int64_t>(max_target))
            .with("size", static_cast<std::int64_t>(target.size()));

    if (target.front() == '/' || (target == "*" && out.method == Method::options)) {
        out.target = target;
        return out;
    }
    std::string_view rest;
    for (const std::string_view scheme : {"http://", "https://"})
        if (iequals(target.substr(0, scheme.size()), scheme)) rest = target.substr(scheme.size());
    if (rest.empty()) return malformed("the target is not in origin form");
    const auto path = std::min(rest.find_first_of("/?"), rest.size());
    out.authority = rest.substr(0, path);
    out.target = path == rest.size() ? std::string_view("/") : rest.substr(path);
    if (!is_valid_host(out.authority)) return malformed("the authority of the target is not valid");
    if (out.target.front() == '?') return malformed("the target has no path");
    return out;
}

}  // namespace confcast::http
