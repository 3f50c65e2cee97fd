#include "endpoint.hpp"

#include <algorithm>
#include <charconv>

#include "failures.hpp"

namespace confcast::client {
namespace {

Failure refuse(std::string_view text, std::string_view rule) {
    return invalid(Errc::invalid_parameter, "the server \"" + std::string(text) + "\" " + std::string(rule));
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    return ec == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

bool is_host_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7F && std::string_view("/?#@\\[]\"<>^`{|}%").find(c) == std::string_view::npos;
}

}  // namespace

std::string Endpoint::to_string() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    return (ipv6 ? '[' + host + ']' : host) + ':' + port;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    std::string_view rest = text;
    Endpoint endpoint;
    for (const std::string_view scheme : {"http://", "ws://", "https://", "wss://"}) {
        if (!rest.starts_with(scheme)) continue;
        rest.remove_prefix(scheme.size());
        endpoint.tls = scheme == "https://" || scheme == "wss://";
        break;
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);

    endpoint.port = "8080";
    std::string_view port;
    if (rest.starts_with('[')) {
        const auto close = rest.find(']');
        if (close == std::string_view::npos) return refuse(text, "has no ']'");
        endpoint.host = rest.substr(1, close - 1);
        port = rest.substr(close + 1);
        if (!port.empty() && !port.starts_with(':')) return refuse(text, "has something behind its ']'");
    } else {
        const auto colon = std::min(rest.find(':'), rest.size());
        endpoint.host = rest.substr(0, colon);
        port = rest.substr(colon);
    }
    if (endpoint.host.empty() || !std::ranges::all_of(endpoint.host, is_host_byte))
        return refuse(text, "is not HOST:PORT, http://HOST:PORT or https://HOST:PORT");
    if (port.starts_with(':')) {
        if (!is_port(port.substr(1))) return refuse(text, "has no port from 1 to 65535 behind its colon");
        endpoint.port = port.substr(1);
    }
    return endpoint;
}

}  // namespace confcast::client
