// What each message of a server does to the stream.
#include <algorithm>
#include <utility>

#include "failures.hpp"
#include "stream_machine.hpp"

namespace confcast::client {
namespace {

constexpr std::chrono::minutes longest_goaway{5};

Failure violation(std::string what) {
    return failure_of(FailureKind::bad_answer, "the server does not keep to the push protocol: " + std::move(what));
}

}  // namespace

Result<> StreamMachine::on_message(std::string_view text, SteadyTime now) {
    deliver_due();  // what was due before this message is told before it
    auto message = parse_server_message(text);
    if (!message) return violation("a message that cannot be read");
    const Revision seq_id = message->seq_id;
    auto taken = std::visit([&](auto& content) { return take(content, seq_id); }, message->content);
    if (!taken) return taken;
    deliver_due();
    reconcile();
    if (caught_up_ && owned_) become_live(now);
    return {};
}

Result<> StreamMachine::take(Welcome& welcome, Revision seq_id) {
    if (seq_id != 0) {
        const auto& since = opening_.since;
        if (welcomed_ || !since || since->epoch != welcome.epoch || since->revision != seq_id)
            return violation("a welcome with a position that was not asked for");
        // Otherwise what was missed comes first.
        caught_up_ = welcome.reason == "current";
    } else {
        // Revisions of another history say nothing about this one; those that a store has lost come again.
        if (welcome.epoch != position_.epoch || welcome.reason == "ahead") {
            copy_.disown();
            subscriptions_.disown();
        }
        expect_snapshot(in_force_);
    }
    welcomed_ = true;
    epoch_ = welcome.epoch;
    status_.session = std::move(welcome.session);
    status_.limited_to = std::move(welcome.limited_to);
    authenticate();  // when there was another token while it connected
    return {};
}

void StreamMachine::expect_snapshot(FilterSet scope) {
    owned_ = false;
    caught_up_ = false;
    pages_.clear();
    scope_ = std::move(scope);
}

Result<> StreamMachine::take(SnapshotPage& page, Revision seq_id) {
    if (!welcomed_) return violation("a snapshot before the welcome");
    if ((seq_id == 0) != page.more) return violation("a page of a snapshot with the wrong position");
    // Unannounced: the changes could not be told, so this is the state of everything.
    if (!scope_) expect_snapshot(in_force_);
    pages_.insert(pages_.end(), std::make_move_iterator(page.entries.begin()),
                  std::make_move_iterator(page.entries.end()));
    if (page.more) return {};

    const FilterSet scope = *std::exchange(scope_, std::nullopt);
    std::erase_if(pages_, [&scope](const Entry& entry) { return !scope.matches(entry.key); });
    std::vector<Event> difference = copy_.replace(scope, std::exchange(pages_, {}), seq_id);
    FilterSet arrived = scope.common_with(in_force_);
    if (asked_ && !adding_) arrived = arrived.without(*asked_);  // they are about to go
    complete_.insert_all(arrived);
    position_ = {epoch_, seq_id};
    owned_ = caught_up_ = unsaved_ = true;
    offered_.reset();
    tell({Change::Cause::snapshot, position_, {}, std::move(difference)});
    return {};
}

Result<> StreamMachine::take(Update& update, Revision seq_id) {
    if (!welcomed_ || !owned_ || scope_) return violation("an update where none may come");
    if (seq_id <= position_.revision) {
        ++duplicates_;
        return {};
    }
    const std::size_t came = update.events.size();
    std::vector<Event> news = copy_.apply(std::move(update.events));
    duplicates_ += came - news.size();
    position_.revision = seq_id;
    caught_up_ = true;
    if (!news.empty()) unsaved_ = true;
    tell({Change::Cause::update, position_, update.coalesced_from, std::move(news)});
    return {};
}

Result<> StreamMachine::take(Bookmark&, Revision seq_id) {
    if (!welcomed_ || !owned_ || scope_) return violation("a bookmark where none may come");
    position_.revision = std::max(position_.revision, seq_id);
    caught_up_ = true;
    return {};
}

void StreamMachine::tell(const Change& change) {
    if (!change.events.empty()) subscriptions_.tell(change);
}

Result<> StreamMachine::take(InForce& in_force, Revision seq_id) {
    if (!welcomed_ || !asked_ || scope_ || in_force.subscribed != adding_)
        return violation("an answer that nobody asked for");
    const FilterSet asked = *std::exchange(asked_, std::nullopt);
    const FilterSet added = in_force.filters.without(in_force_);
    in_force_ = std::move(in_force.filters);
    complete_ = complete_.common_with(in_force_);
    limit(std::move(in_force.limited_to));
    if (!adding_) {
        forget_unwanted();
        return {};
    }
    if (added.empty() != (seq_id != 0)) return violation("a subscription without its snapshot");
    refused_.insert_all(asked.without(in_force_));  // not to ask for ever
    if (!added.empty()) expect_snapshot(added);
    return {};
}

Result<> StreamMachine::take(Refused& refused, Revision) {
    const bool filters = asked_ && refused.id == asked_id_;
    const bool token = std::erase_if(offered_tokens_, [&](const auto& one) { return one.first == refused.id; }) > 0;
    if (!filters && !token) return {};
    if (filters) {
        if (adding_) refused_.insert_all(*asked_);
        asked_.reset();
    }
    refused.failure.server = status_.server;
    status_.failure = std::move(refused.failure);
    report();
    return {};
}

// It may come before the welcome, and says nothing of the position then.
Result<> StreamMachine::take(GoAway& goaway, Revision seq_id) {
    goaway_ =
        std::clamp<std::chrono::milliseconds>(goaway.reconnect_after, std::chrono::milliseconds{0}, longest_goaway);
    if (welcomed_ && seq_id == 0) owned_ = false;
    return {};
}

void StreamMachine::on_quiet(SteadyTime now) {
    if (catching_up()) become_live(now);
}

void StreamMachine::become_live(SteadyTime now) {
    tries_ = refusals_ = 0;
    renewed_ = false;
    if (live_since_) return;
    live_since_ = now;
    status_.from_file = false;
    status_.state = StreamState::live;
    status_.failure.reset();
    status_.retry_in.reset();
    report();
}

}  // namespace confcast::client
