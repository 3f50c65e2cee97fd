#include "long_poll.hpp"

#include <algorithm>
#include <charconv>

namespace confcast::api {
namespace {

constexpr std::string_view route_of_polls = "/api/v1/config?wait";

/// "30s", "500ms", "1m", and as elsewhere a bare number of seconds. Caps before it could overflow.
std::optional<std::chrono::milliseconds> read_wait(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const bool large = ec == std::errc::result_out_of_range;
    if (ec != std::errc{} && !large) return std::nullopt;
    std::chrono::milliseconds one{};
    if (unit.empty() || unit == "s")
        one = std::chrono::seconds{1};
    else if (unit == "ms")
        one = std::chrono::milliseconds{1};
    else if (unit == "m")
        one = std::chrono::minutes{1};
    else
        return std::nullopt;
    if (large) return longest_wait;
    return std::min<std::chrono::milliseconds>(longest_wait, one * std::int64_t{number});
}

Result<std::optional<push::Seen>> read_seen(const Query& query) {
    const auto text = query.get("since");
    if (!text) return std::optional<push::Seen>{};
    if (*text == "0") return std::optional(push::Seen{});
    const Result<push::Since> since = push::Since::parse(*text);
    if (!since) return since.error();
    return std::optional(push::Seen{since->epoch, since->revision});
}

Error position_lost(const Call& call, const push::Seen& seen) {
    const feed::Position head = call.services.parts.feed.position();
    const std::string_view reason = seen.epoch && *seen.epoch != head.epoch ? "it belongs to another history"
                                    : seen.revision > head.revision         ? "this node has not come so far"
                                                                            : "history no longer reaches back so far";
    return Error(Errc::position_lost)
        .with("since", seen.revision)
        .with("reason", reason)
        .with("epoch", head.epoch.to_string())
        .with("revision", head.revision);
}

}  // namespace

Result<std::optional<LongPoll>> read_long_poll(const Query& query) {
    Result<std::optional<push::Seen>> seen = read_seen(query);
    if (!seen) return seen.error();
    const auto text = query.get("wait");
    if (!text && *seen) return bad_parameter("since", "it goes with wait");
    if (!text) return std::optional<LongPoll>{};
    const auto wait = read_wait(*text);
    if (!wait) return bad_parameter("wait", "it is a time such as 30s or 500ms; 60s is the longest");
    for (const std::string_view other : {"revision", "min_revision", "consistency", "cursor"})
        if (query.has(other))
            return bad_parameter("wait", "it goes without revision, min_revision, consistency, cursor");
    return std::optional(LongPoll{*wait, *seen});
}

Awaitable<Result<bool>> wait_for_news(Call& call, const push::Filters& filters, LongPoll poll) {
    call.context.route = route_of_polls;  // of its own in the metrics: it is slow on purpose
    Security& security = call.services.security;
    const push::AccessPtr access = security.access_of(Security::caller_pointer(call.context));
    const push::News news =
        co_await call.services.parts.hub.wait_for_news(filters, access ? access->scope : nullptr, poll.seen, poll.wait);
    // Its right may have gone, or changed, while it waited.
    Result<auth::PrincipalPtr> caller = security.current(Security::caller_pointer(call.context));
    if (!caller) co_return caller.error();
    security.introduce(call.context, std::move(*caller));
    if (news == push::News::lost) {
        const feed::Position head = call.services.parts.feed.position();
        co_return position_lost(call, poll.seen.value_or(push::Seen{std::nullopt, head.revision}));
    }
    co_return news == push::News::changed;
}

http::Response nothing_new() {
    http::Response response;
    response.status = 304;
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
}

}  // namespace confcast::api
