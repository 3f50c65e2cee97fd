#include "watch_machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "failure.hpp"

namespace confcast::etcd {
namespace {

/// etcd's id for what belongs to no watch: a refused create, the answer to a manual progress request.
constexpr std::int64_t no_watch = -1;

}  // namespace

WatchAction WatchMachine::fail(Error error) {
    phase_ = Phase::ended;
    pending_.clear();
    WatchAction action;
    action.failure = std::move(error);
    return action;
}

WatchAction WatchMachine::fail(std::string_view reason) {
    return fail(Error(Errc::store_unavailable).with("reason", reason));
}

WatchAction WatchMachine::on_lost(std::string_view reason) {
    if (ended()) return {};
    return fail("the watch on etcd was lost: " + std::string(reason));
}

WatchAction WatchMachine::on_silence() {
    if (phase_ != Phase::creating) return {};
    return fail("etcd did not confirm the watch in time");
}

// A cancel's header is not to be trusted (its revision is 0 after a compaction), and it beats `created`.
WatchAction WatchMachine::cancelled(const WatchMessage& message) {
    if (message.compact_revision > 0) return fail(Error(Errc::compacted).with("oldest", message.compact_revision));
    refused_ =
        is_token_refused(message.cancel_reason) || message.cancel_reason.find("permission denied") != std::string::npos;
    if (message.cancel_reason.empty()) return fail("etcd ended the watch");
    return fail("etcd ended the watch: " + message.cancel_reason);
}

WatchAction WatchMachine::on_message(WatchMessage message) {
    if (ended()) return {};
    if (cluster_.value_or(message.cluster_id) != message.cluster_id) return fail("another etcd cluster answers");
    cluster_ = message.cluster_id;

    const bool mine = !watch_id_ || message.watch_id == *watch_id_;
    if (message.canceled || message.compact_revision > 0) {
        if (mine || message.watch_id == no_watch) return cancelled(message);
        return fail("etcd cancels a watch that nobody asked for");
    }
    if (phase_ == Phase::creating) {
        if (!message.created) return fail("etcd sends on a watch before it is created");
        watch_id_ = message.watch_id;
        phase_ = Phase::watching;
        return message.events.empty() ? WatchAction{} : take(std::move(message));
    }
    if (message.created) return fail("etcd creates the watch twice");
    // A sign of life and nothing else: it may have overtaken events.
    if (message.watch_id == no_watch && message.events.empty()) return {};
    if (!mine) return fail("etcd sends on a watch that nobody asked for");
    if (message.events.empty() && !message.fragment && !joining_) return progress(message.revision);
    return take(std::move(message));
}

// A watch that waits for a revision to come is told nothing of those before it.
WatchAction WatchMachine::progress(Revision revision) {
    if (revision < seen_) return fail("etcd has gone back to an older revision");
    seen_ = revision;
    WatchAction action;
    if (revision > position_ && revision >= start_) {
        position_ = revision;
        action.batches.push_back({revision, {}});
    }
    return action;
}

WatchAction WatchMachine::take(WatchMessage message) {
    joining_ = message.fragment;
    for (store::Event& event : message.events) {
        const Revision revision = event.kv.mod_revision;
        if (event.kv.key.empty() || revision <= 0) return fail("etcd sends an event without a key or a revision");
        if (revision <= position_) {
            ++duplicates_;
            continue;
        }
        if (!pending_.empty() && revision < pending_.back().kv.mod_revision)
            return fail("etcd sends revisions out of order");
        seen_ = std::max(seen_, revision);
        pending_.push_back(std::move(event));
    }
    WatchAction action;
    auto complete = pending_.size();
    if (joining_ && !pending_.empty()) {
        const Revision open = pending_.back().kv.mod_revision;
        const auto first = std::ranges::find(pending_, open, [](const auto& event) { return event.kv.mod_revision; });
        complete = static_cast<std::size_t>(std::distance(pending_.begin(), first));
    }
    publish(action.batches, complete);
    return action;
}

void WatchMachine::publish(std::vector<store::WatchBatch>& batches, std::size_t events) {
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(events);
    for (auto event = pending_.begin(); event != end; ++event) {
        const Revision revision = event->kv.mod_revision;
        if (revision != position_) batches.push_back({revision, {}});
        position_ = revision;
        batches.back().events.push_back(std::move(*event));
    }
    pending_.erase(pending_.begin(), end);
    for (store::WatchBatch& batch : batches)
        std::ranges::sort(batch.events, {}, [](const store::Event& event) -> const auto& { return event.kv.key; });
}

}  // namespace confcast::etcd
