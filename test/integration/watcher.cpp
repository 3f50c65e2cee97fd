#include "watcher.hpp"

#include <stdexcept>

namespace confcast::test {

Watcher::Watcher(const Server& server, const std::string& query, Model model, int receive_buffer)
    : socket_(server.endpoint(), "/api/v1/watch" + (query.empty() ? "" : "?" + query), {}, receive_buffer),
      model_(std::move(model)) {
    model_.reconnect();
}

std::optional<json::object> Watcher::next(std::chrono::milliseconds limit) {
    const auto message = socket_.receive(limit);
    if (!message) return std::nullopt;
    auto object = json::parse(*message).as_object();
    model_.apply(object);
    return object;
}

std::optional<json::object> Watcher::next_of(std::string_view type, std::chrono::milliseconds limit) {
    const auto deadline = load::Clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - load::Clock::now());
        auto message = next(std::max(left, std::chrono::milliseconds{0}));
        if (!message || message->at("type").as_string() == type) return message;
    }
}

bool Watcher::until(const std::function<bool(const Model&)>& condition, std::chrono::milliseconds limit) {
    const auto deadline = load::Clock::now() + limit;
    while (!condition(model_)) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - load::Clock::now());
        if (left.count() < 0 || !next(left)) return condition(model_);
    }
    return true;
}

void Watcher::drain() {
    while (next(std::chrono::milliseconds{0})) {
    }
}

KnownMap list_all(const Server& server, const std::string& prefix, std::int64_t* revision) {
    KnownMap all;
    auto http = server.http();
    std::string cursor;
    std::optional<std::int64_t> pinned;
    do {
        auto target = "/api/v1/config?limit=500&prefix=" + prefix;
        if (!cursor.empty()) target += "&cursor=" + cursor;
        const auto envelope = envelope_of(http.get(target));
        const auto& data = envelope.at("data").as_object();
        const auto at = data.at("revision").to_number<std::int64_t>();
        if (pinned && *pinned != at) throw std::runtime_error("the pages of a list are of different revisions");
        pinned = at;
        for (const auto& entry : data.at("entries").as_array())
            all[std::string(entry.at("key").as_string())] = {std::string(entry.at("value").as_string()),
                                                             entry.at("mod_revision").to_number<std::int64_t>(),
                                                             entry.at("version").to_number<std::int64_t>()};
        const auto* next = data.if_contains("next_cursor");
        cursor = next != nullptr && next->is_string() ? std::string(next->as_string()) : std::string{};
    } while (!cursor.empty());
    if (revision != nullptr) *revision = pinned.value_or(0);
    return all;
}

}  // namespace confcast::test
