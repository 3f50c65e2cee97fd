#include "subscribers.hpp"

#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace confcast::verify {

using namespace std::chrono_literals;

Subscribers::Subscribers(load::Endpoint endpoint, Court& court, const Keys& keys, Dice dice, std::size_t count,
                         bool everything)
    : endpoint_(std::move(endpoint)), court_(court) {
    for (std::size_t i = 0; i < count; ++i) {
        auto own = dice.part(i);
        auto filter = make_filter(keys, own, i, everything);
        const auto name =
            "subscriber " + std::to_string(i) + " (" + (filter.query().empty() ? "all" : filter.query()) + ")";
        auto& client = clients_.emplace_back(Stream(name, std::move(filter), court.history, court.verdict), own);
        client.leaves = own.percent(40);
        // A buffer of the kernel's that is soon full, so that a stalled client is felt.
        if (own.percent(50)) client.receive_buffer = 8 << 10;
    }
}

void Subscribers::start() {
    thread_ = std::thread([this] {
        try {
            work();
        } catch (const std::exception& error) {
            const std::lock_guard lock(court_.mutex);
            court_.broken = error.what();
        }
    });
}

void Subscribers::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void Subscribers::stall(Dice dice, std::chrono::milliseconds length) {
    const std::lock_guard lock(court_.mutex);
    for (auto& client : clients_)
        if (dice.percent(40)) client.stalled_until = Clock::now() + length;
}

void Subscribers::drop(Dice dice, std::chrono::milliseconds length) {
    const std::lock_guard lock(court_.mutex);
    for (auto& client : clients_) {
        if (!dice.percent(50)) continue;
        client.drops = true;
        client.away_until = Clock::now() + length;
    }
}

void Subscribers::calm_down() {
    const std::lock_guard lock(court_.mutex);
    calm_ = true;
    for (auto& client : clients_) {
        client.stalled_until = {};
        client.away_until = {};
    }
}

bool Subscribers::have_reached(Revision revision) {
    const std::lock_guard lock(court_.mutex);
    return std::ranges::all_of(clients_, [&](Client& client) {
        client.stream.settle();
        return client.stream.has_reached(revision);
    });
}

void Subscribers::finish(Revision end, const Listing& list) {
    const std::lock_guard lock(court_.mutex);
    for (auto& client : clients_) client.stream.finish(end, list);
}

void Subscribers::work() {
    while (!stopping_) {
        const auto now = Clock::now();
        for (auto& client : clients_) {
            Clock::time_point away_until;
            bool parts = false;
            {
                const std::lock_guard lock(court_.mutex);
                parts = std::exchange(client.drops, false) || (!calm_ && client.leaves && now >= client.leaves_at);
                away_until = client.away_until;
            }
            if (client.socket && parts)
                part(client, std::max(away_until, now + std::chrono::milliseconds(client.dice.between(0, 1'500))));
            else if (!client.socket && now >= away_until)
                connect(client, now);
        }
        wait(now);
        for (auto& client : clients_)
            if (client.socket) read(client, now);
    }
}

std::string Subscribers::target(Client& client, Revision since) const {
    auto query = client.stream.filter().query();
    if (since != 0) {
        const auto epoch = client.dice.percent(80) ? client.stream.epoch() + ":" : std::string{};
        query += (query.empty() ? "since=" : "&since=") + epoch + std::to_string(since);
    }
    return "/api/v1/watch" + (query.empty() ? query : "?" + query);
}

void Subscribers::connect(Client& client, Clock::time_point now) {
    // Most come back with their position; some have forgotten it.
    const auto since = client.dice.percent(90) ? client.stream.position() : 0;
    Revision acknowledged = 0;
    {
        const std::lock_guard lock(court_.mutex);
        acknowledged = court_.book.acknowledged();
    }
    try {
        client.socket.emplace(endpoint_, target(client, since), load::Headers{}, client.receive_buffer);
    } catch (const std::runtime_error&) {  // not there, or not yet, or not any more
        const std::lock_guard lock(court_.mutex);
        client.away_until = now + 50ms;
        return;
    }
    const std::lock_guard lock(court_.mutex);
    client.stream.connects(since, acknowledged);
    client.leaves_at = now + std::chrono::milliseconds(client.dice.between(1'000, 6'000));
}

void Subscribers::part(Client& client, Clock::time_point back) {
    client.socket.reset();
    const std::lock_guard lock(court_.mutex);
    client.away_until = calm_ ? Clock::time_point{} : back;
}

void Subscribers::wait(Clock::time_point now) {
    std::vector<pollfd> entries;
    {
        const std::lock_guard lock(court_.mutex);
        for (const auto& client : clients_)
            if (client.socket && now >= client.stalled_until)
                entries.push_back({client.socket->socket().fd(), POLLIN, 0});
    }
    ::poll(entries.data(), entries.size(), 10);
}

void Subscribers::read(Client& client, Clock::time_point now) {
    {
        const std::lock_guard lock(court_.mutex);
        if (now < client.stalled_until) return;
    }
    std::vector<Message> messages;
    constexpr std::size_t enough = 200;  // others want their turn
    while (messages.size() < enough) {
        const auto text = client.socket->receive(0ms);
        if (!text) break;
        messages.push_back(read_message(*text));
    }
    {
        const std::lock_guard lock(court_.mutex);
        for (auto& message : messages) client.stream.takes(std::move(message));
        client.stream.settle();
    }
    // A server that was killed is back in a moment.
    if (messages.size() < enough && client.socket->ended()) part(client, now + 20ms);
}

}  // namespace confcast::verify
