-- What each scenario prints at its end: one line of JSON. A status other than 2xx and 3xx is an error too.
function done(summary, latency, requests)
    local seconds = summary.duration / 1e6
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
    io.write(string.format(
        '{"seconds":%.1f,"requests":%d,"per_second":%.0f,"p50_us":%.0f,"p90_us":%.0f,"p99_us":%.0f,"max_us":%.0f,"errors":%d}\n',
        seconds, summary.requests, summary.requests / seconds, latency:percentile(50), latency:percentile(90),
        latency:percentile(99), latency.max, failed))
end
