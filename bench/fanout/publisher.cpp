#include "publisher.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace confcast::fanout {
namespace {

// With a rate the answers may be late without being the reason for the next write to be late.
constexpr std::size_t connections_for_rate = 64;

std::uint64_t revision_in(const load::HttpResponse& response) {
    constexpr std::string_view name = "\"mod_revision\":";
    const auto at = response.body.find(name);
    std::uint64_t revision = 0;
    if (response.status / 100 == 2 && at != std::string::npos)
        std::from_chars(response.body.data() + at + name.size(), response.body.data() + response.body.size(), revision);
    return revision;
}

}  // namespace

Publisher::Publisher(const Options& options, std::string key_prefix, load::Poller& poller, std::uint64_t first_tag,
                     PublisherEvents& events)
    : options_(options),
      key_prefix_(std::move(key_prefix)),
      first_tag_(first_tag),
      events_(events),
      connections_(options.rate > 0 ? connections_for_rate : options.in_flight) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        connections_[i].socket = load::Socket::connect(options.server);
        poller.add(connections_[i].socket.fd(), first_tag + i, EPOLLIN);
        free_.push_back(i);
    }
}

std::string Publisher::make_request(std::size_t publication) const {
    auto value = std::to_string(publication) + " ";
    value.resize(std::max(options_.payload, value.size()), 'x');
    return load::http_request("PUT", "/config/" + key_prefix_ + std::to_string(publication % options_.keys),
                              {{"Content-Type", "text/plain"}}, value);
}

void Publisher::publish(std::size_t publication) {
    const auto index = free_.back();
    free_.pop_back();
    connections_[index].publication = publication;
    connections_[index].socket.write_all(make_request(publication), load::Clock::now() + std::chrono::seconds{30});
}

void Publisher::on_event(std::uint64_t tag) {
    const auto index = static_cast<std::size_t>(tag - first_tag_);
    auto& connection = connections_[index];
    std::array<char, 4096> bytes;
    const auto n = connection.socket.read_some(bytes);
    if (!n) return;
    if (*n == 0) throw std::runtime_error("the server ended a publisher's connection");
    connection.reader.feed({bytes.data(), *n});
    while (const auto response = connection.reader.next()) {
        free_.push_back(index);
        events_.on_answer(connection.publication, revision_in(*response));
    }
}

}  // namespace confcast::fanout
