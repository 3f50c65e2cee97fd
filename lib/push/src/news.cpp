#include "confcast/push/news.hpp"

#include <algorithm>

#include "confcast/push/hub.hpp"
#include "glob.hpp"

namespace confcast::push {
namespace {

bool sees(const Scope* scope, std::string_view key) { return scope == nullptr || scope->sees(key); }

bool is_there(const feed::State& state, const Filters& filters, const Scope* scope) {
    const auto any_of_head = [&](std::string_view head, const auto& matches) {
        for (auto at = state.entries().lower_bound(head); at != state.entries().end() && at->first.starts_with(head);
             ++at)
            if (matches(at->first) && sees(scope, at->first)) return true;
        return false;
    };
    const auto all = [](std::string_view) { return true; };
    const auto has_key = [&](const std::string& key) { return state.find(key) != nullptr && sees(scope, key); };
    const auto has_prefix = [&](const std::string& prefix) { return any_of_head(prefix, all); };
    const auto has_glob = [&](const std::string& glob) {
        return any_of_head(glob_head(glob), [&glob](std::string_view key) { return glob_matches(glob, key); });
    };
    return std::ranges::any_of(filters.keys, has_key) || std::ranges::any_of(filters.prefixes, has_prefix) ||
           std::ranges::any_of(filters.globs, has_glob) || (filters.empty() && any_of_head("", all));
}

// A setting that is there says itself when it last changed, whatever of history this node has seen. Deletes are known
// back to the floor.
News news_of_key(const feed::Feed& feed, std::string_view key, feed::Revision since, const Scope* scope) {
    const feed::State& state = feed.state();
    const bool seen = sees(scope, key);
    const auto last = seen ? state.last_change(key) : std::nullopt;
    if (last && *last > since) return News::changed;
    if (seen && state.find(key) != nullptr) return feed.is_void(since) ? News::lost : News::none;
    return feed.resumable(since) && (last || since >= state.tombstone_floor()) ? News::none : News::lost;
}

News news_of_ranges(const feed::Feed& feed, const Filters& filters, feed::Revision since, const Scope* scope) {
    const feed::State& state = feed.state();
    if (since < state.tombstone_floor() || !feed.resumable(since)) return News::lost;
    News found = News::none;
    state.changed_since(since, [&](feed::Revision, const feed::KeyChange& change) {
        const auto covers = [&change](const std::string& prefix) { return change.key.starts_with(prefix); };
        const auto matches = [&change](const std::string& glob) { return glob_matches(glob, change.key); };
        if (!filters.empty() && std::ranges::none_of(filters.prefixes, covers) &&
            std::ranges::none_of(filters.globs, matches))
            return true;
        if (!sees(scope, change.key)) return true;
        found = News::changed;
        return false;
    });
    return found;
}

}  // namespace

News news_since(const feed::Feed& feed, const Filters& filters, const Seen& seen, const Scope* scope) {
    const feed::State& state = feed.state();
    const feed::Position head = feed.position();
    if (seen.epoch && *seen.epoch != head.epoch) return News::lost;
    if (seen.revision == 0) return is_there(state, filters, scope) ? News::changed : News::none;
    if (seen.revision >= head.revision) return News::none;
    News worst = News::none;
    for (const std::string& key : filters.keys) {
        const News news = news_of_key(feed, key, seen.revision, scope);
        if (news == News::changed) return news;
        worst = std::max(worst, news);
    }
    if (filters.prefixes.empty() && filters.globs.empty() && !filters.empty()) return worst;
    return std::max(worst, news_of_ranges(feed, filters, seen.revision, scope));
}

}  // namespace confcast::push
