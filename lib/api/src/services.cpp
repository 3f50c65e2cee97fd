#include "services.hpp"

#include <algorithm>

#include "json_text.hpp"

namespace confcast::api {

void stamp_position(Services& services, http::Response& response) {
    const feed::Feed& feed = services.parts.feed;
    const feed::Position position = feed.position();
    PositionHeader& header = services.position;
    if (header.lines.empty() || header.of != position) {
        std::string text = position.epoch.to_string();
        text += ':';
        append_json_number(text, position.revision);
        header.lines.set("X-Confcast-Revision", text);
        header.of = position;
    }
    response.headers.append(header.lines);
    if (const auto since = feed.stale_since()) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(services.parts.clock.now() - *since);
        response.headers.emplace_back("X-Confcast-Stale", std::to_string(std::max<std::int64_t>(age.count(), 0)));
    }
}

Result<> check_ready(const Services& services) {
    if (services.parts.feed.ready()) return {};
    return Error(Errc::not_caught_up);
}

}  // namespace confcast::api
