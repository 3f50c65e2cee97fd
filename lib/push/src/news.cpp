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

// Deletes are known back to the floor; a setting that is there says itself when it last changed.
News news_of_key(const feed::State& state, std::string_view key, feed::Revision since) {
    if (const auto last = state.last_change(key)) return *last > since ? News::changed : News::none;
    return since < state.tombstone_floor() ? News::lost : News::none;
}

News news_of_ranges(const feed::State& state, const Filters& filters, feed::Revision since) {
    if (since < state.tombstone_floor()) return News::lost;
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
    if (!feed.resumable(seen.revision)) return News::lost;
    News worst = News::none;
    for (const std::string& key : filters.keys) {
        const News news = news_of_key(state, key, seen.revision);
        if (news == News::changed) return news;
        worst = std::max(worst, news);
    }
    if (filters.prefixes.empty() && filters.globs.empty() && !filters.empty()) return worst;
    return std::max(worst, news_of_ranges(state, filters, seen.revision));
}

}  // namespace confcast::push
