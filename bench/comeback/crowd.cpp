#include "crowd.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include "confcast/load/websocket.hpp"

namespace confcast::comeback {
namespace {

constexpr std::size_t connecting_at_once = 64;
constexpr std::chrono::milliseconds least_backoff{100};
constexpr std::chrono::milliseconds most_backoff{5'000};

/// The number or text behind `"name":`; empty when it is not there.
std::string_view member(std::string_view json, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":";
    const auto at = json.find(key);
    if (at == std::string_view::npos) return {};
    auto value = json.substr(at + key.size());
    if (value.starts_with('"')) value.remove_prefix(1);
    return value.substr(0, value.find_first_of("\",}"));
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Crowd::Crowd(load::Endpoint server, std::size_t clients)
    : server_(std::move(server)), clients_(clients), buffer_(64U << 10U) {}

void Crowd::connect(std::chrono::seconds limit) {
    const auto deadline = Clock::now() + limit;
    std::size_t started = 0;
    while (open_ < clients_.size()) {
        while (started < clients_.size() && started < open_ + connecting_at_once) start(started++);
        pump(std::chrono::milliseconds(100));
        if (Clock::now() > deadline)
            throw std::runtime_error("only " + std::to_string(open_) + " clients of " +
                                     std::to_string(clients_.size()) + " got in");
    }
}

void Crowd::pump(std::chrono::milliseconds longest) {
    auto now = Clock::now();
    while (!due_.empty() && due_.top().when <= now) {
        const auto index = due_.top().client;
        due_.pop();
        start(index);
    }
    if (!due_.empty()) longest = std::min(longest, std::chrono::ceil<std::chrono::milliseconds>(due_.top().when - now));
    for (const auto& event : poller_.wait(static_cast<int>(longest.count())))
        on_event(static_cast<std::size_t>(event.data.u64), event.events);
}

void Crowd::start(std::size_t index) {
    auto& client = clients_[index];
    client.frames = {};
    client.upgrade = std::make_unique<load::ResponseReader>();
    client.told = false;
    try {
        client.socket = load::Socket::start_connect(server_);
    } catch (const std::system_error&) {
        return retry(index);
    }
    client.stage = Stage::connecting;
    poller_.add(client.socket.fd(), index, EPOLLOUT);
}

void Crowd::on_event(std::size_t index, std::uint32_t events) {
    auto& client = clients_[index];
    if (client.stage == Stage::away) return;
    if (client.stage != Stage::connecting) {
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) on_readable(index);
        return;
    }
    if (client.socket.connect_error() != 0) return retry(index);
    std::string target = "/ws?prefix=bench/";
    if (client.returning) target += "&since=" + epoch_ + ":" + std::to_string(client.position);
    const auto request = load::upgrade_request(target);
    if (client.socket.write_some(request) != request.size()) return retry(index);
    client.stage = Stage::upgrading;
    poller_.modify(client.socket.fd(), index, EPOLLIN);
}

void Crowd::on_readable(std::size_t index) {
    auto& client = clients_[index];
    const auto n = client.socket.read_some(buffer_);
    if (!n) return;
    if (*n == 0) return leave(index);
    std::string_view bytes(buffer_.data(), *n);
    std::string rest;
    if (client.stage == Stage::upgrading) {
        client.upgrade->feed(bytes);
        const auto response = client.upgrade->next();
        if (!response) return;
        if (!load::is_upgraded(*response)) return retry(index);
        client.stage = Stage::welcome;
        rest = client.upgrade->take_rest();
        client.upgrade.reset();
        bytes = rest;
    }
    client.frames.feed(bytes, [this, index](const load::Frame& frame) { on_frame(index, frame); });
}

void Crowd::on_frame(std::size_t index, const load::Frame& frame) {
    auto& client = clients_[index];
    if (client.stage == Stage::away) return;
    if (frame.opcode == load::Opcode::text)
        on_message(client, frame.payload);
    else if (frame.opcode == load::Opcode::ping)
        client.socket.write_some(load::client_frame(load::Opcode::pong, frame.payload));
    else if (frame.opcode == load::Opcode::close)
        leave(index);
}

void Crowd::on_message(Client& client, std::string_view text) {
    const auto message = load::scan_message(text);
    if (message.seq_id > 0) client.position = message.seq_id;
    if (message.type == "welcome") {
        client.stage = Stage::open;
        client.failures = 0;
        ++open_;
        epoch_ = member(message.payload, "epoch");
        if (client.returning) record_.back.push_back(Clock::now());
        if (client.returning && member(message.payload, "resume") == "snapshot") ++record_.snapshots;
        client.returning = true;
    } else if (message.type == "goaway") {
        record_.told.push_back(Clock::now());
        client.told = true;
        client.after = std::chrono::milliseconds(number(member(message.payload, "reconnect_after_ms")));
    } else if (message.type == "update") {
        ++record_.updates;
    }
}

void Crowd::leave(std::size_t index) {
    auto& client = clients_[index];
    if (client.stage != Stage::open) return retry(index);
    --open_;
    if (!client.told) {
        ++record_.dropped;
        return retry(index);
    }
    client.stage = Stage::away;
    client.socket.close();
    due_.push({Clock::now() + client.after, index});
}

void Crowd::retry(std::size_t index) {
    auto& client = clients_[index];
    ++record_.refused;
    client.stage = Stage::away;
    client.socket.close();
    const auto ceiling = std::min(most_backoff, least_backoff * (1U << std::min(client.failures++, 10U)));
    due_.push({Clock::now() +
                   std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, ceiling.count())(random_)),
               index});
}

}  // namespace confcast::comeback
