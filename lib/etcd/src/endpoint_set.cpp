#include "endpoint_set.hpp"

#include <algorithm>
#include <utility>

namespace confcast::etcd {
namespace {

/// Without a failure for so long, the next one counts as the first.
constexpr std::chrono::seconds forgiven_after{30};

}  // namespace

EndpointSet::EndpointSet(const std::vector<std::string>& names, const ProbeOptions& options, const Clock& clock,
                         std::function<double()> random)
    : options_(options), clock_(clock), random_(std::move(random)) {
    for (const std::string& name : names)
        endpoints_.push_back({name,
                              {},
                              Backoff(options.backoff_min, options.backoff_max),
                              SteadyTime::min(),
                              SteadyTime::min(),
                              clock.wall(),
                              {}});
}

bool EndpointSet::healthy(std::size_t endpoint) const {
    return std::ranges::none_of(endpoints_[endpoint].tracks, &Track::out);
}

void EndpointSet::use(std::size_t endpoint) {
    if (std::exchange(current_, endpoint) != endpoint) ++moves_;
}

std::optional<std::size_t> EndpointSet::choose(const std::vector<bool>& tried) {
    const SteadyTime now = clock_.now();
    // The smallest wins: health first, then whoever is passed over the shortest; the order is that from the current on.
    const auto cost = [&](std::size_t endpoint) {
        return std::pair(!healthy(endpoint), std::max(endpoints_[endpoint].passed_over_until, now));
    };
    std::optional<std::size_t> best;
    for (std::size_t step = 0; step < size(); ++step) {
        const std::size_t endpoint = (current_ + step) % size();
        if (endpoint < tried.size() && tried[endpoint]) continue;
        if (!best || cost(endpoint) < cost(*best)) best = endpoint;
    }
    if (best) use(*best);
    return best;
}

void EndpointSet::failed(std::size_t endpoint, std::string_view reason) {
    Endpoint& one = endpoints_[endpoint];
    const SteadyTime now = clock_.now();
    if (one.failed_at != SteadyTime::min() && now - one.failed_at >= forgiven_after) one.backoff.reset();
    one.failed_at = now;
    one.passed_over_until = now + one.backoff.next(random_());
    one.last_error = reason;
    if (endpoint != current_) return;  // many calls fail at once when an endpoint does: only the first moves on
    std::vector<bool> tried(size());
    tried[endpoint] = true;
    choose(tried);
}

void EndpointSet::answered(std::size_t endpoint) {
    if (healthy(endpoint)) endpoints_[endpoint].last_error.clear();
}

EndpointSet::Change EndpointSet::on_probe(std::size_t endpoint, Probe probe, std::string_view failure) {
    Endpoint& one = endpoints_[endpoint];
    Track& track = this->track(endpoint, probe);
    const bool before = healthy(endpoint);
    if (failure.empty()) {
        track.failures = 0;
        ++track.successes;
        if (track.successes >= options_.back_after) track.out = false;
    } else {
        track.successes = 0;
        ++track.failures;
        if (track.failures >= options_.out_after) track.out = true;
        one.last_error = failure;
    }
    const bool now = healthy(endpoint);
    if (now && std::ranges::all_of(one.tracks, [](const Track& each) { return each.failures == 0; }))
        one.last_error.clear();
    if (now == before) return Change::none;
    one.since = clock_.wall();
    choose({});  // at once, not with the next call
    return now ? Change::back : Change::out;
}

std::chrono::milliseconds EndpointSet::pause(std::size_t endpoint, Probe probe) const {
    if (probe == Probe::connect) return options_.connect_interval;
    const Track& asked = endpoints_[endpoint].tracks[static_cast<std::size_t>(Probe::ask)];
    const bool suspect = asked.failures > 0 || asked.out;
    const bool often = suspect && options_.connect_interval.count() > 0;
    return often ? std::min(options_.connect_interval, options_.ask_interval) : options_.ask_interval;
}

std::vector<store::EndpointState> EndpointSet::states() const {
    std::vector<store::EndpointState> states;
    states.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
        states.push_back(
            {endpoints_[i].name, healthy(i), i == current_, endpoints_[i].since, endpoints_[i].last_error});
    return states;
}

}  // namespace confcast::etcd
