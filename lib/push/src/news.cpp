#include "confcast/push/news.hpp"

#include <algorithm>

#include "confcast/push/hub.hpp"
#include "glob.hpp"

namespace confcast::push {
namespace {

bool is_there(const feed::State& state, const Filters& filters) {
    const auto has_prefix = [&state](const std::string& prefix) {
        const auto at = state.entries().lower_bound(prefix);
        return at != state.entries().end() && at->first.starts_with(prefix);
    };
    const auto has_glob = [&state](const std::string& glob) {
        const std::string_view head = glob_head(glob);
        auto at = state.entries().lower_bound(head);
        while (at != state.entries().end() && at->first.starts_with(head) && !glob_matches(glob, at->first)) ++at;
        return at != state.entries().end() && at->first.starts_with(head);
    };
    return std::ranges::any_of(filters.keys, [&state](const std::string& key) { return state.find(key) != nullptr; }) ||
           std::ranges::any_of(filters.prefixes, has_prefix) || std::ranges::any_of(filters.globs, has_glob) ||
           (filters.empty() && state.size() > 0);
}

// A setting that is there says itself when it last changed, whatever of history this node has seen. Deletes are known
// back to the floor.
News news_of_key(const feed::Feed& feed, std::string_view key, feed::Revision since) {
    const feed::State& state = feed.state();
    const auto last = state.last_change(key);
    if (last && *last > since) return News::changed;
    if (state.find(key) != nullptr) return feed.is_void(since) ? News::lost : News::none;
    return feed.resumable(since) && (last || since >= state.tombstone_floor()) ? News::none : News::lost;
}

News news_of_ranges(const feed::Feed& feed, const Filters& filters, feed::Revision since) {
    const feed::State& state = feed.state();
    if (since < state.tombstone_floor() || !feed.resumable(since)) return News::lost;
    News found = News::none;
    state.changed_since(since, [&](feed::Revision, const feed::KeyChange& change) {
        const auto covers = [&change](const std::string& prefix) { return change.key.starts_with(prefix); };
        const auto matches = [&change](const std::string& glob) { return glob_matches(glob, change.key); };
        if (!filters.empty() && std::ranges::none_of(filters.prefixes, covers) &&
            std::ranges::none_of(filters.globs, matches))
            return true;
        found = News::changed;
        return false;
    });
    return found;
}

}  // namespace

News news_since(const feed::Feed& feed, const Filters& filters, const Seen& seen) {
    const feed::State& state = feed.state();
    const feed::Position head = feed.position();
    if (seen.epoch && *seen.epoch != head.epoch) return News::lost;
    if (seen.revision == 0) return is_there(state, filters) ? News::changed : News::none;
    if (seen.revision >= head.revision) return News::none;
    News worst = News::none;
    for (const std::string& key : filters.keys) {
        const News news = news_of_key(feed, key, seen.revision);
        if (news == News::changed) return news;
        worst = std::max(worst, news);
    }
    if (filters.prefixes.empty() && filters.globs.empty() && !filters.empty()) return worst;
    return std::max(worst, news_of_ranges(feed, filters, seen.revision));
}

}  // namespace confcast::push
