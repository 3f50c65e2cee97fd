#include "confcast/observe/request_metrics.hpp"

namespace confcast::observe {

void RequestMetrics::observe(std::string_view method, std::string_view route, unsigned status, double seconds) {
    Routes::value_type& known = *route_for(method, route.empty() ? "none" : route);
    known.second.seconds.observe(seconds);
    ++count_for(known, status);
}

void RequestMetrics::observe(std::size_t number, std::string_view method, std::string_view route, unsigned status,
                             double seconds) {
    if (number >= max_numbers) {
        observe(method, route, status, seconds);
        return;
    }
    if (number >= numbered_.size()) numbered_.resize(number + 1);
    Numbered& known = numbered_[number];
    if (known.route == nullptr) known.route = &*route_for(method, route.empty() ? "none" : route);
    if (known.count == nullptr || known.status != status) {
        known.status = status;
        known.count = &count_for(*known.route, status);
    }
    known.route->second.seconds.observe(seconds);
    ++*known.count;
}

RequestMetrics::Routes::iterator RequestMetrics::route_for(std::string_view method, std::string_view route) {
    const auto known = routes_.find(std::pair(method, route));
    if (known != routes_.end()) return known;
    const bool full = routes_.size() >= max_routes_;
    const auto [fresh, added] = routes_.try_emplace(full ? Key("other", "other") : Key(method, route));
    if (added) {
        registry_.histogram("confcast_http_request_duration_seconds", "Time from the request to its response.",
                            fresh->second.seconds, {{"method", fresh->first.first}, {"route", fresh->first.second}});
    }
    return fresh;
}

std::uint64_t& RequestMetrics::count_for(Routes::value_type& known, unsigned status) {
    auto& [key, per_route] = known;
    if (status < 100 || status > 599) status = 0;
    const auto [count, added] = per_route.by_status.try_emplace(status);
    if (added) {
        registry_.counter("confcast_http_requests_total", "Requests that were answered.",
                          [&value = count->second] { return static_cast<double>(value); },
                          {{"method", key.first}, {"route", key.second}, {"code", std::to_string(status)}});
    }
    return count->second;
}

}  // namespace confcast::observe
