#include "room_options.hpp"

namespace confcast::app {
namespace {

// Of every answer: whatever bytes a setting has, a browser shall neither run them nor put them into a frame.
constexpr std::string_view standing_headers =
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"
    "Referrer-Policy: no-referrer\r\n";

}  // namespace

push::HubOptions hub_options(const Options& options, api::Api& api) {
    push::HubOptions hub = options.push;
    hub.render_envelope = api::error_envelope;
    // It is made after the hub, and asked after that.
    hub.renew = [&api](std::string_view token, const push::AccessPtr& then) { return api.renew_access(token, then); };
    return hub;
}

http::ServerOptions server_options(const Options& options, const api::Api& api) {
    http::ServerOptions server = options.server;
    server.standing_headers = standing_headers;
    server.body_limit = [&api](const http::Request& head) { return api.body_limit(head); };
    return server;
}

}  // namespace confcast::app
