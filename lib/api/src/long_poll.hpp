// `wait=` and `since=` on a read: hold the answer until there is something newer.
#pragma once

#include <chrono>
#include <optional>

#include "confcast/push/news.hpp"
#include "services.hpp"

namespace confcast::api {

/// Longer is not refused, only not kept.
inline constexpr std::chrono::seconds longest_wait{60};

struct LongPoll {
    std::chrono::milliseconds wait{};
    std::optional<push::Seen> seen;
};

/// nullopt for a read that does not wait. Errors: invalid_parameter, invalid_since.
Result<std::optional<LongPoll>> read_long_poll(const Query& query);

/// Waits until something that the filters match is newer: true. False when the time is over first. Error:
/// position_lost (details "since", "reason", "epoch", "revision"). The filters live until it returns.
Awaitable<Result<bool>> wait_for_news(Call& call, const push::Filters& filters, LongPoll poll);

/// 304: nothing newer than what the client has.
http::Response nothing_new();

}  // namespace confcast::api
