#include "honest.hpp"

#include <charconv>
#include <exception>
#include <stdexcept>
#include <utility>

#include "channel.hpp"
#include "confcast/load/push_message.hpp"
#include "confcast/load/websocket.hpp"

namespace confcast::hostile {
namespace {

using load::Clock;

constexpr const char* target = "/config/honest/key";
constexpr std::size_t value_bytes = 20;

/// The moment of writing, as the value.
std::string stamp() {
    const std::string digits = std::to_string(Clock::now().time_since_epoch().count());
    return std::string(value_bytes - digits.size(), '0') + digits;
}

void expect(const load::HttpResponse& response) {
    if (response.status / 100 != 2) throw std::runtime_error("it was answered " + std::to_string(response.status));
}

}  // namespace

void HonestFigures::add(const HonestFigures& others) {
    gets.add(others.gets);
    puts.add(others.puts);
    deliveries.add(others.deliveries);
    failures.insert(failures.end(), others.failures.begin(), others.failures.end());
}

Honest::Honest(load::Endpoint server, bool tls, Rates rates) : server_(std::move(server)), tls_(tls), rates_(rates) {
    expect(Channel(server_, tls_).ask(load::http_request("PUT", target, {{"Content-Type", "text/plain"}}, stamp())));
    const auto start = [this](const char* who, void (Honest::*work)()) {
        threads_.emplace_back([this, who, work] {
            try {
                (this->*work)();
            } catch (const std::exception& error) {
                fail(who, error);
            }
        });
    };
    for (unsigned i = 0; i < rates_.readers; ++i) start("a reader", &Honest::read);
    start("the listener", &Honest::listen);
    start("the writer", &Honest::write);
}

Honest::~Honest() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
}

HonestFigures Honest::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(figures_, {});
}

void Honest::fail(const char* who, const std::exception& error) {
    const std::lock_guard lock(mutex_);
    figures_.failures.push_back(std::string(who) + ": " + error.what());
}

void Honest::read() {
    Channel channel(server_, tls_);
    const std::string request = load::http_request("GET", target);
    for (auto due = Clock::now(); !stopping_; due += rates_.read_every) {
        std::this_thread::sleep_until(due);
        expect(channel.ask(request));
        const auto took = Clock::now() - due;
        const std::lock_guard lock(mutex_);
        figures_.gets.add(took);
    }
}

void Honest::write() {
    Channel channel(server_, tls_);
    for (auto due = Clock::now(); !stopping_; due += rates_.write_every) {
        std::this_thread::sleep_until(due);
        expect(channel.ask(load::http_request("PUT", target, {{"Content-Type", "text/plain"}}, stamp())));
        const auto took = Clock::now() - due;
        const std::lock_guard lock(mutex_);
        figures_.puts.add(took);
    }
}

void Honest::listen() {
    Channel channel(server_, tls_);
    if (channel.ask(load::upgrade_request("/api/v1/watch?key=honest/key&snapshot=false")).status != 101)
        throw std::runtime_error("no stream");
    load::FrameReader frames;
    while (!stopping_) {
        frames.feed(channel.read(false), [&](const load::Frame& frame) {
            if (frame.opcode == load::Opcode::ping)
                channel.write(load::client_frame(load::Opcode::pong, frame.payload));
            if (frame.opcode == load::Opcode::close) throw std::runtime_error("the stream was closed");
            auto message = load::scan_message(frame.payload);
            while (const auto written = load::next_publication(message.payload, value_bytes)) {
                const Clock::time_point then{Clock::duration{static_cast<Clock::rep>(*written)}};
                const std::lock_guard lock(mutex_);
                figures_.deliveries.add(Clock::now() - then);
            }
        });
    }
}

}  // namespace confcast::hostile
