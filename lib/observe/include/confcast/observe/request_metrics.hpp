// Requests by method, route and status, and how long they took. Routes are patterns, never paths: the number of time
// series is bounded by the route table, and by `max_routes` whatever happens.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "confcast/observe/metrics.hpp"

namespace confcast::observe {

/// Registers `confcast_http_requests_total{method,route,code}` and `confcast_http_request_duration_seconds{method,
/// route}` as they are first seen. The object outlives the registry's last expose(); the registry outlives the object's
/// last observe().
class RequestMetrics {
  public:
    explicit RequestMetrics(Registry& registry, std::size_t max_routes = 500)
        : registry_(registry), max_routes_(max_routes) {}
    RequestMetrics(const RequestMetrics&) = delete;
    RequestMetrics& operator=(const RequestMetrics&) = delete;

    /// `route` is the matched pattern; "" (no match) counts as "none". A (method, route) that is seen when max_routes
    /// are known counts as method "other", route "other". A status outside of 100..599 counts as 0. Makes no string
    /// and allocates nothing when (method, route, status) was seen before.
    void observe(std::string_view method, std::string_view route, unsigned status, double seconds);
    /// The same for who has small numbers for them: `number` stands for this method and route, always. Looks nothing up
    /// once it has been seen.
    void observe(std::size_t number, std::string_view method, std::string_view route, unsigned status, double seconds);

  private:
    struct PerRoute {
        Histogram seconds{latency_bounds};
        std::map<unsigned, std::uint64_t> by_status;  // nodes stay where they are: the registry reads them
    };
    using Key = std::pair<std::string, std::string>;
    struct Less {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            // Routes differ more often than methods, and in length more often than not.
            const std::string_view x = a.second, y = b.second;
            if (x.size() != y.size()) return x.size() < y.size();
            const int order = x.compare(y);
            return order != 0 ? order < 0 : std::string_view(a.first) < std::string_view(b.first);
        }
    };
    using Routes = std::map<Key, PerRoute, Less>;

    struct Numbered {
        Routes::value_type* route = nullptr;  // unset: not seen yet
        unsigned status = 0;                  // the last one
        std::uint64_t* count = nullptr;       // its
    };
    static constexpr std::size_t max_numbers = 8192;

    Routes::iterator route_for(std::string_view method, std::string_view route);
    std::uint64_t& count_for(Routes::value_type& known, unsigned status);

    Registry& registry_;
    std::size_t max_routes_;
    Routes routes_;
    std::vector<Numbered> numbered_;
};

}  // namespace confcast::observe
