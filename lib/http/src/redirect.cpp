#include "confcast/http/redirect.hpp"

#include <algorithm>
#include <string>

#include "characters.hpp"

namespace confcast::http {
namespace {

constexpr std::uint16_t usual_port = 443;
constexpr std::size_t longest_name = 253;

bool is_name_byte(char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; }
bool is_v6_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/// A name, an IPv4 address or an IPv6 address in brackets, without the port; "" when it is none of these.
std::string_view host_of(std::string_view field) {
    std::size_t end = field.find(':');
    if (field.starts_with('[')) {
        const std::size_t bracket = field.find(']');
        if (bracket == std::string_view::npos) return {};
        end = bracket + 1;
    }
    const std::string_view host = field.substr(0, end);
    std::string_view port = field.substr(host.size());
    if (port.starts_with(':'))
        port.remove_prefix(1);
    else if (!port.empty())
        return {};
    if (!std::ranges::all_of(port, is_digit)) return {};
    if (host.starts_with('[')) {
        const std::string_view address = host.substr(1, host.size() - 2);
        return !address.empty() && std::ranges::all_of(address, is_v6_byte) ? host : std::string_view();
    }
    return host.size() <= longest_name && std::ranges::all_of(host, is_name_byte) ? host : std::string_view();
}

}  // namespace

Chain make_redirect(std::uint16_t https_port, const ErrorRenderer& render) {
    const std::string port = https_port == usual_port ? std::string() : ":" + std::to_string(https_port);
    return {{}, [port, &render](Context& context) -> Awaitable<Response> {
                const Request& request = context.request;
                const std::string_view host = host_of(request.header("Host").value_or(""));
                if (host.empty()) co_return render(context, Error(Errc::invalid_header).with("header", "Host"));
                Response response;
                response.status = 308;
                const bool path = request.target.starts_with('/');
                response.set("Location", "https://" + std::string(host) + port +
                                             (path ? std::string(request.target) : std::string("/")));
                co_return response;
            }};
}

}  // namespace confcast::http
