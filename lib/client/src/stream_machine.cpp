// The stream as a user and as a driver see it: who watches, how a stream begins and ends. What the server says is in
// stream_messages.cpp.
#include "stream_machine.hpp"

#include <algorithm>
#include <utility>

#include "confcast/client/calls.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace {

// What a message of the server's limit (64 KiB) holds in any case.
constexpr std::size_t filters_per_request = 50;
constexpr std::chrono::seconds longest_retry_after{60};

std::size_t query_bytes_of(const Filter& filter) { return percent_encode(filter.text).size() + sizeof("&prefix="); }

FilterSet first_of(const FilterSet& set, std::size_t count) {
    FilterSet first;
    for (const Filter& filter : set) {
        if (first.size() == count) break;
        first.insert(filter);
    }
    return first;
}

/// Those that a query has room for; one in any case.
FilterSet that_fit(const FilterSet& set, std::size_t bytes) {
    FilterSet fit;
    std::size_t used = 0;
    for (const Filter& filter : set) {
        used += query_bytes_of(filter);
        if (fit.empty() || used <= bytes) fit.insert(filter);
    }
    return fit;
}

Error bad_start(std::string_view why) { return Error(Errc::invalid_since).with("reason", why); }

}  // namespace

std::string_view name_of(StreamState state) {
    switch (state) {
        case StreamState::idle:
            return "idle";
        case StreamState::stale:
            return "stale";
        case StreamState::live:
            return "live";
        case StreamState::failed:
            return "failed";
    }
    return "?";
}

StreamMachine::StreamMachine(MachineOptions options)
    : options_(std::move(options)), backoff_(options_.backoff_min, options_.backoff_max) {}

// ---- the user

Result<std::uint64_t> StreamMachine::watch(const Filters& filters, Callback callback) {
    if (const auto valid = check_filters(filters); !valid) return valid.error();
    if (alone_) return invalid(bad_start("a client whose subscription began at a position has this one only"));
    FilterSet together = subscriptions_.wanted();
    together.insert_all(FilterSet::of(filters));
    if (together.size() > options_.max_filters) {
        const Error error = Error(Errc::too_many_filters)
                                .with("limit", static_cast<std::int64_t>(options_.max_filters))
                                .with("count", static_cast<std::int64_t>(together.size()));
        return invalid(error);
    }
    const std::uint64_t id = subscriptions_.add(filters, std::move(callback));
    out_of_step_ = true;
    reconcile();
    return id;
}

// The stream is resumed as if all up to there had been told. What is held is what comes from there on.
Result<std::uint64_t> StreamMachine::watch_since(const Filters& filters, Callback callback, Position since) {
    if (const auto valid = check_filters(filters); !valid) return valid.error();
    if (since.epoch.empty() || since.revision <= 0) return invalid(bad_start("a position is an epoch and a revision"));
    if (wanted() || position_.revision != 0)
        return invalid(bad_start("only a client's first and only subscription may begin at a position"));
    alone_ = owned_ = true;
    copy_.hold_a_part();
    complete_ = FilterSet::of(filters);
    position_ = std::move(since);
    return subscriptions_.add(filters, std::move(callback), true);
}

void StreamMachine::unwatch(std::uint64_t id) {
    subscriptions_.remove(id);
    out_of_step_ = true;
    reconcile();
}

void StreamMachine::silence() { subscriptions_.clear(); }

void StreamMachine::deliver_due() {
    subscriptions_.begin(copy_, complete_, position_);
    acknowledge();
}

void StreamMachine::ack(const Ack& ack) {
    if (welcomed_) outbox_ack_ = ack_message(ack.revision, ack.failed, ack.key, ack.error);
}

void StreamMachine::acknowledge() {
    const Subscriptions::Outcome outcome = subscriptions_.take_outcome();
    if (options_.ack && outcome.called > 0) ack({position_.revision, outcome.failed, outcome.key, outcome.error});
}

std::vector<std::string> StreamMachine::take_outbox() {
    if (outbox_ack_) outbox_.push_back(std::move(*outbox_ack_));
    outbox_ack_.reset();
    return std::exchange(outbox_, {});
}

std::optional<Saved> StreamMachine::take_saved(bool closing) {
    if (!may_save() || (!unsaved_ && !(closing && position_ != saved_))) return std::nullopt;
    unsaved_ = false;
    saved_ = position_;
    return Saved{complete_, position_, copy_.restricted(complete_).entries()};
}

// ---- the stream

// With `since` come changes only: the filters are those whose state is here. The others are subscribed to afterwards.
Opening StreamMachine::begin(std::string server) {
    welcomed_ = caught_up_ = false;
    out_of_step_ = true;
    pages_.clear();
    scope_.reset();
    asked_.reset();
    refused_.clear();
    goaway_.reset();
    live_since_.reset();
    outbox_.clear();
    outbox_ack_.reset();
    use_token();

    const FilterSet wanted = subscriptions_.wanted();
    complete_ = complete_.common_with(wanted);
    forget_unwanted();
    owned_ = owned_ && !complete_.empty();
    in_force_ = that_fit(owned_ ? complete_ : wanted, options_.query_bytes);
    complete_ = complete_.common_with(in_force_);
    subscriptions_.pause(copy_, complete_);
    opening_ = {in_force_, owned_ ? std::optional<Position>(position_) : std::nullopt};

    status_.server = std::move(server);
    status_.session.clear();
    if (status_.state == StreamState::idle || status_.state == StreamState::failed) {
        status_.state = StreamState::stale;
        status_.retry_in.reset();
        report();
    }
    return opening_;
}

void StreamMachine::forget_unwanted() {
    FilterSet kept = subscriptions_.wanted();
    kept.insert_all(complete_);
    copy_.keep_only(kept);
}

// One request at a time: the answer says what is in force then.
void StreamMachine::reconcile() {
    if (!out_of_step_ || !welcomed_ || asked_ || goaway_) return;
    const FilterSet wanted = subscriptions_.wanted();
    if (wanted.empty()) return;  // the driver ends the stream
    const FilterSet removed = first_of(in_force_.without(wanted), filters_per_request);
    const FilterSet added = first_of(wanted.without(in_force_).without(refused_), filters_per_request);
    out_of_step_ = !removed.empty() || !added.empty();
    if (!out_of_step_) return;
    adding_ = removed.empty();
    asked_ = adding_ ? added : removed;
    complete_ = complete_.without(removed);  // who comes back for these waits for their new state
    ++last_id_;
    asked_id_ = last_id_;
    outbox_.push_back(adding_ ? subscribe_message(last_id_, added) : unsubscribe_message(last_id_, removed));
}

Next StreamMachine::on_ended(Ending ending, SteadyTime now) {
    const bool was_live = live_since_.has_value();
    if (was_live && now - *live_since_ >= options_.healthy_after) backoff_.reset();
    if (ending.failure.kind == FailureKind::bad_answer || ending.failure == Errc::invalid_since) owned_ = false;
    ++tries_;
    Comeback comeback = comes_with_another_token(ending) ? Comeback::yes : comeback_after(ending);
    refusals_ = comeback == Comeback::elsewhere ? refusals_ + 1 : 0;
    if (comeback == Comeback::elsewhere) comeback = refusals_ < options_.servers ? Comeback::yes : Comeback::no;

    Next next;
    next.again = comeback == Comeback::yes && wanted();
    if (next.again) next.delay = delay_after(ending, was_live);
    welcomed_ = false;
    live_since_.reset();
    if (tries_ >= options_.servers || comeback == Comeback::no) start_from_offer();

    ending.failure.server = status_.server;
    status_.failure = std::move(ending.failure);
    status_.state = comeback == Comeback::no ? StreamState::failed : StreamState::stale;
    status_.retry_in = next.again ? std::optional(next.delay) : std::nullopt;
    report();
    return next;
}

// All servers are tried before anything is waited for; the server that sends its clients away has told each its turn.
std::chrono::milliseconds StreamMachine::delay_after(const Ending& ending, bool was_live) {
    if (goaway_) return *goaway_;
    if (!was_live && tries_ % options_.servers != 0) return std::chrono::milliseconds{0};
    const auto delay = backoff_.next(options_.random());
    if (!ending.failure.retry_after) return delay;
    return std::max<std::chrono::milliseconds>(delay, std::min(*ending.failure.retry_after, longest_retry_after));
}

void StreamMachine::on_idle() {
    welcomed_ = false;
    live_since_.reset();
    status_.failure.reset();
    status_.retry_in.reset();
    if (status_.state == StreamState::idle) return;
    status_.state = StreamState::idle;
    report();
}

void StreamMachine::start_from_offer() {
    if (!offered_ || !subscriptions_.untold() || position_.revision != 0) return;
    const Saved saved = *std::exchange(offered_, std::nullopt);
    copy_.replace(saved.filters, saved.entries, saved.position.revision);
    complete_ = saved.filters;
    position_ = saved_ = saved.position;
    owned_ = true;
    seen_with_ = "";  // nobody has written down with which one
    status_.from_file = true;
    status_.position = position_;
    deliver_due();
}

void StreamMachine::warn(Failure failure) {
    status_.failure = std::move(failure);
    report();
}

void StreamMachine::report() {
    status_.position = position_;
    if (!options_.on_status) return;
    const Status now = status_;
    options_.on_status(now);
}

Status StreamMachine::status() const {
    Status now = status_;
    now.position = position_;
    return now;
}

}  // namespace confcast::client
