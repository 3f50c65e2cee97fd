#include "report.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace confcast::fanout {
namespace {

class JsonObject {
  public:
    void number(std::string_view name, std::uint64_t value) { member(name, std::to_string(value)); }
    void number(std::string_view name, double value) {
        std::array<char, 64> text;
        const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
        member(name, {text.data(), static_cast<std::size_t>(size)});
    }
    template <class Number>
    void number(std::string_view name, const std::optional<Number>& value) {
        if (value)
            number(name, *value);
        else
            member(name, "null");
    }
    void text(std::string_view name, std::string_view value) {
        std::string quoted = "\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
        member(name, quoted + "\"");
    }
    std::string str() const { return "{\n" + members_ + "\n}\n"; }

  private:
    void member(std::string_view name, std::string_view value) {
        if (!members_.empty()) members_ += ",\n";
        members_.append("  \"").append(name).append("\": ").append(value);
    }
    std::string members_;
};

}  // namespace

bool Report::flawless() const {
    return publications > 0 && errors == 0 && verdict.lost == 0 && verdict.repeated == 0 && verdict.reordered == 0 &&
           verdict.unknown == 0;
}

std::string Report::to_json(const Options& options) const {
    JsonObject json;
    json.number("clients", std::uint64_t{clients});
    json.number("payload_bytes", std::uint64_t{options.payload});
    json.text("loop", options.rate > 0 ? "rate" : "closed");
    json.number("in_flight", std::uint64_t{options.in_flight});
    json.number("rate", options.rate);
    json.number("slow_percent", options.slow_percent);
    json.number("publications", publications);
    json.number("deliveries", deliveries);
    json.number("seconds", seconds);
    json.number("deliveries_per_second", seconds > 0 ? static_cast<double>(deliveries) / seconds : 0.0);
    json.number("last_subscriber_p50_us", last_subscriber.percentile(0.50));
    json.number("last_subscriber_p99_us", last_subscriber.percentile(0.99));
    json.number("last_subscriber_max_us", last_subscriber.percentile(1.0));
    json.number("server_cpu_us_per_delivery", cpu_us_per_delivery);
    json.number("server_cpu_us_per_handshake", cpu_us_per_handshake);
    json.number("server_bytes_per_connection", bytes_per_connection);
    json.number("server_idle_cpu_us_per_client_second", idle_cpu_us_per_client_second);
    json.number("server_rss_bytes", rss_bytes);
    json.number("connect_seconds", connect_seconds);
    json.number("generator_cpu_us_per_delivery", generator_cpu_us_per_delivery);
    json.number("coalesced_updates", coalesced_updates);
    json.number("snapshots", snapshots);
    json.number("covered", verdict.covered);
    json.number("lost", verdict.lost);
    json.number("repeated", verdict.repeated);
    json.number("reordered", verdict.reordered);
    json.number("unknown", verdict.unknown);
    json.number("errors", errors);
    if (!first_error.empty()) json.text("first_error", first_error);
    return json.str();
}

}  // namespace confcast::fanout
