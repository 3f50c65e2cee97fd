#include "run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "writers.hpp"

namespace confcast::verify {

using namespace std::chrono_literals;
using load::Clock;

std::string Summary::to_string() const {
    return "subscribers=" + std::to_string(subscribers) + " writes=" + std::to_string(writes) +
           " faults=" + std::to_string(faults) + " " + verdict.to_string();
}

Run::Run(Options options) : options_(std::move(options)), dice_(options_.seed), directory_(options_.keep) {
    if (options_.running) {
        keys_.root = "verify-" + std::to_string(::getpid()) + "-" +
                     std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "/";
        return;
    }
    std::filesystem::create_directories(directory_);
    backing_ = options_.store == Options::Store::etcd ? make_etcd_backing(options_.members, directory_)
                                                      : make_embedded_backing(directory_ / "store");
    node_.emplace(options_.server, backing_->flag(), directory_ / "server.log");
}

Run::~Run() {
    stopping_ = true;
    if (reading_.joinable()) reading_.join();
}

const load::Endpoint& Run::endpoint() const { return options_.running ? *options_.running : node_->endpoint(); }

void Run::say(const std::string& words) const {
    if (!options_.verbose) return;
    const auto at = std::chrono::duration<double>(Clock::now() - began_).count();
    std::fprintf(stderr, "%7.2f s  %s\n", at, words.c_str());
}

Summary Run::execute() {
    began_ = Clock::now();
    if (node_) node_->start(draw_flags());
    oracle_ = backing_ ? backing_->make_oracle() : make_watching_oracle(endpoint(), keys_.root);
    reading_ = std::thread([this] { watch_store(); });
    subscribers_.emplace(endpoint(), court_, keys_, dice_.part(1), options_.subscribers, !options_.running);
    subscribers_->start();
    {
        Writers writers(endpoint(), court_, keys_, dice_.part(2), options_.writers, options_.rate);
        disturb();
        writers.stop();
    }
    say("peace");
    if (backing_) backing_->cure();
    subscribers_->calm_down();
    Revision end = 0;
    const auto listed = settle(end);
    subscribers_->stop();
    must_be_whole();
    if (node_) node_->drain();

    subscribers_->finish(end, listed);
    const std::lock_guard lock(court_.mutex);
    check_list(listed, end);
    court_.book.finish(court_.history, court_.verdict);
    say("refused writes: " + std::to_string(court_.book.count(WriteBook::Outcome::refused)) +
        ", without an answer: " + std::to_string(court_.book.count(WriteBook::Outcome::unknown)));
    return {options_.subscribers, court_.book.count(WriteBook::Outcome::acknowledged), faults_, court_.verdict};
}

void Run::watch_store() {
    while (!stopping_) {
        try {
            oracle_->poll(court_);
        } catch (const std::exception& error) {
            const std::lock_guard lock(court_.mutex);
            court_.broken = error.what();
            return;
        }
        std::this_thread::sleep_for(5ms);
    }
}

void Run::must_be_whole() {
    if (node_) node_->must_run();
    const std::lock_guard lock(court_.mutex);
    if (!court_.broken.empty()) throw std::runtime_error(court_.broken);
}

void Run::disturb() {
    FaultPlan plan{options_.seed, options_.duration, options_.fault_every, {}};
    plan.kinds = backing_ ? backing_->faults() : std::vector{FaultKind::stall_clients, FaultKind::drop_clients};
    if (!options_.faults.empty())
        std::erase_if(plan.kinds, [&](FaultKind kind) {
            return std::ranges::find(options_.faults, name_of(kind)) == options_.faults.end();
        });
    const auto faults = make_faults(plan);
    auto next = faults.begin();
    while (Clock::now() < began_ + options_.duration) {
        must_be_whole();
        if (cure_at_ && Clock::now() >= *cure_at_) {
            backing_->cure();
            cure_at_.reset();
        }
        if (next != faults.end() && Clock::now() >= began_ + next->at) apply(*next++);
        std::this_thread::sleep_for(10ms);
    }
}

void Run::apply(const Fault& fault) {
    ++faults_;
    say(std::string(name_of(fault.kind)));
    switch (fault.kind) {
        case FaultKind::kill_server:
            node_->kill();
            restart({});
            break;
        case FaultKind::drain_server:
            node_->drain();
            restart({});
            break;
        case FaultKind::compact: {
            Revision known = 0;
            {
                const std::lock_guard lock(court_.mutex);
                court_.history.compacted();
                known = court_.history.complete();
            }
            auto flags = backing_->compact(known);
            if (flags.empty()) break;
            node_->kill();
            restart(std::move(flags));
            break;
        }
        case FaultKind::stall_clients:
            subscribers_->stall(Dice(fault.dice), fault.length);
            break;
        case FaultKind::drop_clients:
            subscribers_->drop(Dice(fault.dice), fault.length);
            break;
        case FaultKind::kill_member:
        case FaultKind::stop_member:
            backing_->cure();
            cure_at_ = Clock::now() + fault.length;
            fault.kind == FaultKind::kill_member ? backing_->kill_member(fault.dice)
                                                 : backing_->stop_member(fault.dice);
            break;
    }
}

// A store that is not all there might not let the server get ready.
void Run::restart(std::vector<std::string> more_flags) {
    backing_->cure();
    cure_at_.reset();
    auto flags = draw_flags();
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    node_->start(flags);
}

// Small limits, so that a short run sees what a big installation sees: folded updates, snapshots in pages, a journal
// that does not reach back.
std::vector<std::string> Run::draw_flags() {
    const auto one_of = [&](std::initializer_list<const char*> values) -> std::string {
        return *(values.begin() + static_cast<std::ptrdiff_t>(dice_.below(values.size())));
    };
    // The same throughout a run: a node with one of these may say that its history does not reach back.
    const bool small_journal = Dice(options_.seed).part(3).percent(50);
    const bool small_folds = Dice(options_.seed).part(4).percent(30);
    std::vector<std::string> flags{"--coalesce-after",  one_of({"3", "50", "1000"}),
                                   "--snapshot-page",   one_of({"1KiB", "16KiB", "256KiB"}),
                                   "--encoded-bytes",   one_of({"4KiB", "16MiB"}),
                                   "--coalesce-bytes",  small_folds ? "16KiB" : "4MiB",
                                   "--journal-changes", small_journal ? one_of({"20", "200"}) : "100000",
                                   "--bookmark",        one_of({"100ms", "1s"}),
                                   "--write-timeout",   one_of({"1s", "10s"}),
                                   "--anti-entropy",    one_of({"500ms", "60s"}),
                                   "--log-level",       "info"};
    if (small_journal || small_folds) {
        const std::lock_guard lock(court_.mutex);
        court_.history.compacted();
    }
    flags.insert(flags.end(), options_.server_flags.begin(), options_.server_flags.end());
    return flags;
}

}  // namespace confcast::verify
