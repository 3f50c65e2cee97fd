#include "run.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "confcast/load/websocket.hpp"

namespace confcast::fanout {
namespace {

using load::Clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

double microseconds(std::uint64_t from_ns, std::uint64_t to_ns) {
    return static_cast<double>(to_ns - from_ns) / 1000.0;
}

Clock::duration duration_of(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// What a subscriber asks for. The first filter is enough; the others find out what more of them cost: of those that
/// match, one a key in nine or all, of those that don't, each kind.
std::string target_of(const Options& options, const std::string& prefix) {
    std::string target = options.path + "?prefix=" + prefix + "&snapshot=false";
    for (std::size_t i = 1; i < options.filters; ++i) {
        const std::string number = std::to_string(i);
        const std::string kinds[] = {
            "&glob=" + prefix + "*",          "&key=" + prefix + number, "&prefix=" + prefix + number,
            "&prefix=idle/" + number,         "&glob=idle/*/" + number,  "&key=idle/" + number,
            "&glob=" + prefix + number + "?", "&glob=**/" + number,      "&glob=bench/*/" + number};
        target += kinds[(i - 1) % std::size(kinds)];
    }
    return target;
}

}  // namespace

Run::Run(const Options& options)
    : options_(options),
      // Its own prefix for each run: what another run wrote is none of ours.
      key_prefix_("bench/" + std::to_string(::getpid()) + "-" +
                  std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "/"),
      ledger_(options.clients),
      swarm_(options, target_of(options, key_prefix_), poller_, *this) {}

Report Run::execute() {
    // One that comes and goes first: what a server makes once, at its first client, is no cost of each.
    load::WebSocketClient(options_.server, options_.path).abort();
    const auto before = server();
    connect_all();
    report_.clients = swarm_.open();
    if (before) {
        const auto after = server();
        const auto clients = static_cast<double>(std::max<std::size_t>(report_.clients, 1));
        if (after) {
            report_.cpu_us_per_handshake = microseconds(before->cpu_ns, after->cpu_ns) / clients;
            report_.bytes_per_connection =
                (static_cast<double>(after->rss_bytes) - static_cast<double>(before->rss_bytes)) / clients;
        }
    }
    if (swarm_.open() == 0) throw std::runtime_error("no subscriber got in: " + report_.first_error);
    if (options_.idle > 0) stay_idle();

    publisher_.emplace(options_, key_prefix_, poller_, options_.clients, static_cast<PublisherEvents&>(*this));
    publish_closed_loop(options_.warmup, 0);
    finish_flights();
    measure([this] {
        if (options_.rate > 0)
            publish_at_rate(options_.publications, options_.seconds);
        else
            publish_closed_loop(options_.publications, options_.seconds);
        finish_flights();
    });
    finish_slow();
    report_.verdict = ledger_.verdict();
    return report_;
}

void Run::connect_all() {
    const auto started = Clock::now();
    last_progress_ = started;
    std::size_t open = 0;
    while (swarm_.open() + report_.errors < options_.clients && is_patient(last_progress_)) {
        swarm_.connect_some();
        pump(100);
        if (swarm_.open() != open) last_progress_ = Clock::now();
        open = swarm_.open();
    }
    report_.connect_seconds = seconds_between(started, Clock::now());
    // What the server does after the last handshake belongs to the handshakes.
    const auto settled = Clock::now() + duration_of(0.3);
    while (Clock::now() < settled) pump(50);
}

void Run::stay_idle() {
    const auto before = server();
    const auto started = Clock::now();
    while (seconds_between(started, Clock::now()) < options_.idle) pump(100);
    const auto after = server();
    if (before && after)
        report_.idle_cpu_us_per_client_second = microseconds(before->cpu_ns, after->cpu_ns) /
                                                seconds_between(started, Clock::now()) /
                                                static_cast<double>(swarm_.open());
}

void Run::measure(const std::function<void()>& publish) {
    const auto before = server();
    const auto own_before = load::read_process(::getpid());
    const auto started = Clock::now();
    measuring_ = true;
    publish();
    measuring_ = false;
    report_.seconds = seconds_between(started, Clock::now());
    const auto after = server();
    const auto own_after = load::read_process(::getpid());
    const auto deliveries = static_cast<double>(std::max<std::uint64_t>(report_.deliveries, 1));
    if (before && after) {
        report_.cpu_us_per_delivery = microseconds(before->cpu_ns, after->cpu_ns) / deliveries;
        report_.rss_bytes = after->rss_bytes;
    }
    if (own_before && own_after)
        report_.generator_cpu_us_per_delivery = microseconds(own_before->cpu_ns, own_after->cpu_ns) / deliveries;
}

void Run::publish_closed_loop(std::size_t count, double seconds) {
    const auto end = Clock::now() + duration_of(seconds);
    last_progress_ = Clock::now();
    for (std::size_t published = 0; count > 0 ? published < count : Clock::now() < end;) {
        if (open_.size() < options_.in_flight && publisher_->can_publish()) {
            publish_one(Clock::now());
            ++published;
        } else {
            pump(100);
            if (!is_patient(last_progress_)) return;
        }
    }
}

void Run::publish_at_rate(std::size_t count, double seconds) {
    if (count == 0) count = static_cast<std::size_t>(options_.rate * seconds);
    const auto started = Clock::now();
    last_progress_ = started;
    for (std::size_t published = 0; published < count;) {
        // Latency counts from when it should have been sent, so that a stalled server is not flattered.
        const auto due = started + duration_of(static_cast<double>(published) / options_.rate);
        const auto now = Clock::now();
        if (now >= due && publisher_->can_publish()) {
            publish_one(due);
            ++published;
            if (published % 16 == 0) pump(0);
        } else {
            const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
            pump(now >= due ? 100 : static_cast<int>(std::clamp<std::int64_t>(wait - 1, 0, 100)));
            if (!open_.empty() && !is_patient(last_progress_)) return;
        }
    }
}

void Run::publish_one(TimePoint started) {
    const auto publication = ledger_.publish();
    std::size_t fast = 0;
    for (std::size_t i = 0; i < options_.clients; ++i) fast += swarm_.is_open(i) && !swarm_.is_slow(i) ? 1U : 0U;
    flights_.push_back({started, fast, false, false});
    open_.push_back(publication);
    if (measuring_) ++report_.publications;
    if (options_.on_progress) options_.on_progress(report_.publications);
    publisher_->publish(publication);
}

void Run::finish_flights() {
    last_progress_ = Clock::now();
    while (!open_.empty() && is_patient(last_progress_)) pump(100);
    // What never arrived is judged by the ledger.
    open_.clear();
}

void Run::finish_slow() {
    swarm_.wake(Clock::now(), true);
    const auto lacks_something = [this] {
        for (std::size_t i = 0; i < options_.clients; ++i) {
            if (!swarm_.is_open(i) || !swarm_.is_slow(i)) continue;
            for (std::size_t publication = 0; publication < ledger_.publications(); ++publication)
                if (!ledger_.has(i, publication)) return true;
        }
        return false;
    };
    last_progress_ = Clock::now();
    while (lacks_something() && is_patient(last_progress_)) pump(100);
    // A repeat would come now.
    const auto quiet = Clock::now() + duration_of(0.2);
    while (Clock::now() < quiet) pump(50);
}

void Run::pump(int milliseconds) {
    swarm_.wake(Clock::now());
    for (const auto& event : poller_.wait(milliseconds)) {
        if (event.data.u64 < options_.clients)
            swarm_.on_event(static_cast<std::size_t>(event.data.u64), event.events);
        else
            publisher_->on_event(event.data.u64);
    }
}

void Run::on_welcome(std::size_t subscriber, std::uint64_t position) { ledger_.starts_at(subscriber, position); }

void Run::on_message(std::size_t subscriber, load::PushMessage message) {
    if (message.type == "snapshot") {
        // All pages but the last have position 0: only the last says what it replaces.
        if (message.seq_id == 0) return;
        ++report_.snapshots;
        covered(subscriber, 0, message.seq_id);
        ledger_.starts_at(subscriber, message.seq_id);
        return;
    }
    if (message.type == "bookmark") {
        ledger_.advances(subscriber, message.seq_id);
        return;
    }
    if (message.type != "update") {
        note_error("a message that was not expected: " + std::string(message.type));
        return;
    }
    ledger_.advances(subscriber, message.seq_id);
    const bool fast = !swarm_.is_slow(subscriber);
    while (const auto publication = load::next_publication(message.payload, options_.payload)) {
        if (!ledger_.sees(subscriber, *publication)) continue;
        if (measuring_) ++report_.deliveries;
        last_progress_ = Clock::now();
        if (fast) delivered(*publication);
    }
    if (message.coalesced_from) {
        ++report_.coalesced_updates;
        covered(subscriber, *message.coalesced_from, message.seq_id);
    }
}

void Run::on_end(std::size_t subscriber, std::string_view why) {
    note_error(why);
    if (!swarm_.is_slow(subscriber)) drop_debts(subscriber);
}

void Run::on_answer(std::size_t publication, std::uint64_t revision) {
    last_progress_ = Clock::now();
    auto& flight = flights_[publication];
    flight.answered = true;
    if (revision == 0) {
        note_error("a publication was refused");
        ledger_.refused(publication);
        flight.remaining = 0;
    } else {
        std::vector<std::size_t> owing;
        if (ledger_.any_covered())
            for (std::size_t i = 0; i < options_.clients; ++i)
                if (!swarm_.is_slow(i) && swarm_.is_open(i) && !ledger_.has(i, publication)) owing.push_back(i);
        ledger_.committed(publication, revision);
        // An update that folded it away may have come before this answer, which says what it was called.
        for (const auto subscriber : owing)
            if (ledger_.has(subscriber, publication)) --flight.remaining;
    }
    settle(publication);
}

void Run::delivered(std::size_t publication) {
    if (flights_[publication].remaining > 0) --flights_[publication].remaining;
    settle(publication);
}

void Run::covered(std::size_t subscriber, std::uint64_t from, std::uint64_t to) {
    std::vector<std::size_t> owed;
    if (!swarm_.is_slow(subscriber))
        for (const auto publication : open_)
            if (!ledger_.has(subscriber, publication)) owed.push_back(publication);
    ledger_.covers(subscriber, from, to);
    for (const auto publication : owed)
        if (ledger_.has(subscriber, publication)) delivered(publication);
}

void Run::drop_debts(std::size_t subscriber) {
    const auto under_way = open_;
    for (const auto publication : under_way)
        if (!ledger_.has(subscriber, publication)) delivered(publication);
}

void Run::settle(std::size_t publication) {
    auto& flight = flights_[publication];
    if (flight.done || flight.remaining > 0) return;
    // The last subscriber has it: that is the latency. The place in flight is free when the answer has come, too.
    if (flight.started != TimePoint{} && measuring_) report_.last_subscriber.add(Clock::now() - flight.started);
    flight.started = {};
    if (!flight.answered) return;
    flight.done = true;
    std::erase(open_, publication);
}

void Run::note_error(std::string_view what) {
    if (report_.errors++ == 0) report_.first_error = what;
}

std::optional<load::ProcessStats> Run::server() const {
    return options_.server_pid > 0 ? load::read_process(options_.server_pid) : std::nullopt;
}

bool Run::is_patient(TimePoint since) const { return seconds_between(since, Clock::now()) < options_.patience; }

}  // namespace confcast::fanout
