#include "watch.hpp"

#include <algorithm>

#include "confcast/http/websocket.hpp"
#include "websocket_transport.hpp"

namespace confcast::api {
namespace {

Result<push::Subscription> read_subscription(const Query& query) {
    push::Subscription subscription;
    subscription.filters.keys = query.all("key");
    subscription.filters.prefixes = query.all("prefix");
    if (const auto text = query.get("since")) {
        const Result<push::Since> since = push::Since::parse(*text);
        if (!since) return since.error();
        subscription.since = *since;
    }
    const Result<bool> snapshot = query.flag("snapshot", true);
    if (!snapshot) return snapshot.error();
    subscription.snapshot = *snapshot;
    if (const auto fields = query.get("fields")) {
        if (*fields != "meta") return bad_parameter("fields", "it can only be: meta");
        subscription.meta_only = true;
    }
    return subscription;
}

// The Upgrade header is a list (RFC 9110, 7.8).
bool wants_websocket(const http::Request& request) {
    if (request.method != http::Method::get) return false;
    const auto header = request.header("Upgrade");
    if (!header) return false;
    std::string_view rest = *header;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        std::string_view token = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (token.starts_with(' ')) token.remove_prefix(1);
        while (token.ends_with(' ')) token.remove_suffix(1);
        if (http::iequals(token, "websocket")) return true;
    }
    return false;
}

}  // namespace

Awaitable<Result<http::Response>> get_watch(Call& call) {
    Result<push::Subscription> subscription = read_subscription(call.query);
    if (!subscription) co_return subscription.error();
    push::Hub& hub = call.services.parts.hub;
    const Result<> accepted = hub.check(*subscription);
    if (!accepted) co_return accepted.error();
    if (!wants_websocket(call.context.request)) co_return Error(Errc::upgrade_required);
    const Result<> ready = check_ready(call.services);
    if (!ready) co_return ready.error();

    http::Response response;
    response.status = 101;
    response.upgrade = [&hub, wanted = std::move(*subscription)](http::WebSocket& socket) mutable {
        return run_stream(hub, std::move(wanted), socket);
    };
    co_return response;
}

}  // namespace confcast::api
