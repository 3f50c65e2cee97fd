#include "swarm.hpp"

#include <algorithm>
#include <exception>

#include "confcast/load/websocket.hpp"

namespace confcast::fanout {
namespace {

// A slow client's kernel buffer is small, so that it is the server that feels the pause.
constexpr int slow_receive_buffer = 16 << 10;
// And smaller for one that takes little at a time: the kernel tells the server of room only when half of it is free.
constexpr int trickle_receive_buffer = 2 << 10;

}  // namespace

Swarm::Swarm(const Options& options, const std::string& target, load::Poller& poller, SwarmEvents& events)
    : options_(options),
      upgrade_request_(load::upgrade_request(target)),
      poller_(poller),
      events_(events),
      subscribers_(options.clients),
      slow_(static_cast<std::size_t>(static_cast<double>(options.clients) * options.slow_percent / 100.0)),
      buffer_(256U << 10U) {}

void Swarm::connect_some() {
    while (started_ < subscribers_.size() && connecting_ < options_.connecting) {
        const auto index = started_++;
        auto& subscriber = subscribers_[index];
        subscriber.socket = load::Socket::start_connect(options_.server, receive_buffer(index));
        subscriber.stage = Stage::connecting;
        subscriber.upgrade = std::make_unique<load::ResponseReader>();
        ++connecting_;
        poller_.add(subscriber.socket.fd(), index, EPOLLOUT);
    }
}

void Swarm::on_event(std::size_t index, std::uint32_t events) {
    const auto stage = subscribers_[index].stage;
    if (stage == Stage::dead) return;
    try {
        if (stage == Stage::connecting) {
            on_writable(index);
        } else if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
            on_readable(index);
        }
    } catch (const std::exception& error) {
        end(index, error.what());
    }
}

void Swarm::on_writable(std::size_t index) {
    auto& subscriber = subscribers_[index];
    if (subscriber.socket.connect_error() != 0) return end(index, "could not connect");
    if (subscriber.socket.write_some(upgrade_request_) != upgrade_request_.size())
        return end(index, "could not send the upgrade request");
    subscriber.stage = Stage::upgrading;
    poller_.modify(subscriber.socket.fd(), index, EPOLLIN);
}

void Swarm::on_readable(std::size_t index) {
    const auto n = subscribers_[index].socket.read_some(room_for(index));
    if (!n) return;
    if (*n == 0) return end(index, "the server ended the connection");
    on_bytes(index, {buffer_.data(), *n});
    if (pausing_ && is_slow(index) && is_open(index)) pause(index);
}

void Swarm::on_bytes(std::size_t index, std::string_view bytes) {
    auto& subscriber = subscribers_[index];
    std::string rest;
    if (subscriber.stage == Stage::upgrading) {
        subscriber.upgrade->feed(bytes);
        const auto response = subscriber.upgrade->next();
        if (!response) return;
        if (!load::is_upgraded(*response)) return end(index, "the upgrade was refused: " + response->body);
        subscriber.stage = Stage::welcome;
        rest = subscriber.upgrade->take_rest();
        subscriber.upgrade.reset();
        bytes = rest;
    }
    subscriber.frames.feed(bytes, [this, index](const load::Frame& frame) { on_frame(index, frame); });
}

void Swarm::on_frame(std::size_t index, const load::Frame& frame) {
    auto& subscriber = subscribers_[index];
    if (subscriber.stage == Stage::dead) return;
    if (frame.opcode == load::Opcode::text) {
        const auto message = load::scan_message(frame.payload);
        if (subscriber.stage == Stage::welcome) {
            subscriber.stage = Stage::open;
            ++open_;
            --connecting_;
            events_.on_welcome(index, message.seq_id);
        } else {
            events_.on_message(index, message);
        }
    } else if (frame.opcode == load::Opcode::ping) {
        subscriber.socket.write_some(load::client_frame(load::Opcode::pong, frame.payload));
    } else if (frame.opcode == load::Opcode::close) {
        end(index, "the server closed the stream");
    }
}

void Swarm::end(std::size_t index, std::string_view why) {
    auto& subscriber = subscribers_[index];
    if (subscriber.stage == Stage::dead) return;
    if (subscriber.stage == Stage::open)
        --open_;
    else
        --connecting_;
    subscriber.stage = Stage::dead;
    subscriber.socket.close();
    events_.on_end(index, why);
}

int Swarm::receive_buffer(std::size_t index) const {
    if (!is_slow(index)) return 0;
    return options_.slow_bytes > 0 ? trickle_receive_buffer : slow_receive_buffer;
}

std::span<char> Swarm::room_for(std::size_t index) {
    const bool trickles = pausing_ && options_.slow_bytes > 0 && is_slow(index) && is_open(index);
    return std::span(buffer_).first(trickles ? std::min(options_.slow_bytes, buffer_.size()) : buffer_.size());
}

void Swarm::pause(std::size_t index) {
    poller_.modify(subscribers_[index].socket.fd(), index, 0);
    const auto pause =
        std::chrono::duration_cast<load::Clock::duration>(std::chrono::duration<double>(options_.slow_pause));
    pauses_.push_back({load::Clock::now() + pause, index});
}

void Swarm::wake(load::Clock::time_point now, bool all) {
    if (all) pausing_ = false;
    while (!pauses_.empty() && (all || pauses_.front().until <= now)) {
        const auto index = pauses_.front().subscriber;
        pauses_.pop_front();
        if (is_open(index)) poller_.modify(subscribers_[index].socket.fd(), index, EPOLLIN);
    }
}

}  // namespace confcast::fanout
