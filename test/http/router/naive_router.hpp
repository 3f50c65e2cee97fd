// What the rules of routing say, without a thought for time: the model that the radix tree is compared with.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/http/message.hpp"

namespace confcast::http {

inline std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        segments.emplace_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return segments;
}

inline char kind_of(const std::string& segment) {  // 'a' literal < 'b' parameter < 'c' wildcard
    return segment.starts_with(':') ? 'b' : segment.starts_with('*') ? 'c' : 'a';
}

/// A route taken apart once. `rank` has one kind per segment: the lesser of two that match is the more specific one.
struct NaiveRoute {
    Method method;
    std::string pattern;
    std::vector<std::string> segments = segments_of(pattern);
    std::string rank = rank_of(segments);

    static std::string rank_of(const std::vector<std::string>& segments) {
        std::string rank;
        for (const std::string& segment : segments) rank += kind_of(segment);
        return rank;
    }
};

inline bool matches(const std::vector<std::string>& want, const std::vector<std::string>& have) {
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (i >= have.size()) return false;
        const char kind = kind_of(want[i]);
        if (kind == 'c') return have.size() > i + 1 || !have[i].empty();
        if (kind == 'b' ? have[i].empty() : want[i] != have[i]) return false;
    }
    return want.size() == have.size();
}

/// "name=value" of each parameter of a route that matches.
inline std::vector<std::string> params_of(const std::vector<std::string>& want, const std::vector<std::string>& have) {
    std::vector<std::string> params;
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (kind_of(want[i]) == 'a') continue;
        params.push_back(want[i].substr(1) + "=" + have[i]);
        if (kind_of(want[i]) == 'c')
            for (std::size_t j = i + 1; j < have.size(); ++j) params.back() += "/" + have[j];
    }
    return params;
}

struct NaiveAnswer {
    std::string outcome;
    std::vector<std::string> params = {};
};

inline NaiveAnswer find_naively(const std::vector<NaiveRoute>& routes, Method method, std::string_view path) {
    if (!path.starts_with('/')) return {};
    const std::vector<std::string> segments = segments_of(path);
    const NaiveRoute* best = nullptr;
    std::set<std::string> allowed;
    for (const NaiveRoute& route : routes) {
        if (!matches(route.segments, segments)) continue;
        allowed.insert(std::string(to_string(route.method)));
        if (route.method == Method::get) allowed.insert("HEAD");
        if (route.method != method && !(method == Method::head && route.method == Method::get)) continue;
        const bool better =
            best == nullptr || route.rank < best->rank || (route.rank == best->rank && route.method == Method::head);
        if (better) best = &route;
    }
    if (best != nullptr) return {best->pattern, params_of(best->segments, segments)};
    if (allowed.empty()) return {};
    allowed.insert("OPTIONS");
    NaiveAnswer answer;
    for (const std::string& name : allowed) answer.outcome += (answer.outcome.empty() ? "405 " : ", ") + name;
    return answer;
}

}  // namespace confcast::http
