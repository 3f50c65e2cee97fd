#include "watch.hpp"

#include <algorithm>
#include <array>

#include "accept.hpp"
#include "client_name.hpp"
#include "confcast/http/byte_stream.hpp"
#include "confcast/http/websocket.hpp"
#include "stream_transport.hpp"
#include "websocket_transport.hpp"

namespace confcast::api {
namespace {

// What a body may be, the usual one first: that is what a client gets that takes anything.
constexpr std::array<std::string_view, 2> body_types{"application/x-ndjson", "text/event-stream"};
constexpr std::array<push::Framing, 2> body_framings{push::Framing::ndjson, push::Framing::sse};
constexpr std::string_view served_types = "text/event-stream, application/x-ndjson";

// An EventSource that comes back repeats its URL, and says in a header how far it has come.
std::optional<std::string_view> since_of(const Call& call, push::Framing framing) {
    if (framing != push::Framing::websocket)
        if (const auto id = call.context.request.header("Last-Event-ID"); id && !id->empty()) return id;
    return call.query.get("since");
}

Result<push::Subscription> read_subscription(const Call& call, push::Framing framing) {
    const Query& query = call.query;
    push::Subscription subscription;
    subscription.filters.keys = query.all("key");
    subscription.filters.prefixes = query.all("prefix");
    subscription.filters.globs = query.all("glob");
    subscription.filters.topics = query.all("topic");
    Result<push::ClientName> name = read_client_name(query);
    if (!name) return name.error();
    subscription.name = std::move(*name);
    if (const auto text = since_of(call, framing)) {
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

Result<push::Framing> choose_framing(const http::Request& request) {
    if (wants_websocket(request)) return push::Framing::websocket;
    if (const auto best = best_accepted(request, body_types)) return body_framings[*best];
    if (request.header("Accept")) return Error(Errc::not_acceptable).with("served", served_types);
    return Error(Errc::upgrade_required).with("served", served_types);
}

// Between the request and its stream a right may have gone: then the stream ends before it begins.
std::unique_ptr<http::WebSocketEvents> open_watch(Services& services, push::Subscription wanted,
                                                  http::WebSocket& socket) {
    Result<push::AccessPtr> access = services.security.current(wanted.access);
    if (!access) {
        socket.close(push::close::revoked.code, push::close::revoked.text);
        return nullptr;
    }
    wanted.access = std::move(*access);
    return open_session(services.parts.hub, std::move(wanted), socket);
}

Awaitable<> run_watch(Services& services, push::Subscription wanted, http::ByteStream& stream, push::Framing framing) {
    Result<push::AccessPtr> access = services.security.current(wanted.access);
    if (!access) co_return;
    wanted.access = std::move(*access);
    co_await run_stream(services.parts.hub, std::move(wanted), stream, framing);
}

http::Response upgrade_response(Services& services, push::Subscription wanted) {
    http::Response response;
    response.status = 101;
    response.upgrade = [&services, wanted = std::move(wanted)](http::WebSocket& socket) mutable {
        return open_watch(services, std::move(wanted), socket);
    };
    return response;
}

http::Response stream_head(push::Framing framing) {
    http::Response response;
    response.set("Content-Type", framing == push::Framing::sse ? "text/event-stream" : "application/x-ndjson");
    response.set("Cache-Control", "no-cache");
    response.set("X-Accel-Buffering", "no");  // or nginx keeps events until it has a page of them
    return response;
}

// An EventSource that is answered anything but 200 gives up for ever: one that comes too early, or while the server
// leaves, is told when to come back.
http::Response come_back(std::string_view remote) {
    http::Response response = stream_head(push::Framing::sse);
    response.body = ": not ready\n" + retry_line(remote);
    return response;
}

http::Response stream_response(Services& services, push::Subscription wanted, push::Framing framing) {
    http::Response response = stream_head(framing);
    response.stream = [&services, wanted = std::move(wanted), framing](http::ByteStream& stream) mutable {
        return run_watch(services, std::move(wanted), stream, framing);
    };
    return response;
}

}  // namespace

std::optional<http::Response> come_back_later(const http::Request& request) {
    const Result<push::Framing> framing = choose_framing(request);
    if (!framing || *framing != push::Framing::sse) return std::nullopt;
    return come_back(request.remote);
}

Awaitable<Result<http::Response>> get_watch(Call& call) {
    const Result<push::Framing> framing = choose_framing(call.context.request);
    // The query is looked at in any case: what is wrong with it is more than the way it was asked.
    Result<push::Subscription> subscription = read_subscription(call, framing ? *framing : push::Framing::websocket);
    if (!subscription) co_return subscription.error();
    push::Hub& hub = call.services.parts.hub;
    const Result<> accepted = hub.check(*subscription);
    if (!accepted) co_return accepted.error();
    if (!framing) co_return framing.error();
    const Result<> ready = check_ready(call.services);
    if (*framing == push::Framing::sse && (!ready || call.services.health.draining()))
        co_return come_back(call.context.request.remote);
    if (!ready) co_return ready.error();
    if (call.services.parts.overloaded && call.services.parts.overloaded()) co_return Error(Errc::overloaded);
    subscription->access = call.services.security.access_of(Security::caller_pointer(call.context));
    if (*framing == push::Framing::websocket) co_return upgrade_response(call.services, std::move(*subscription));
    co_return stream_response(call.services, std::move(*subscription), *framing);
}

}  // namespace confcast::api
