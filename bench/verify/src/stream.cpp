#include "confcast/verify/stream.hpp"

#include <utility>

namespace confcast::verify {
namespace {

constexpr std::size_t remembered = 4'096;

bool same(const Event& a, const Event& b) {
    return a.is_delete == b.is_delete && a.mod_revision == b.mod_revision &&
           (a.is_delete || (a.value == b.value && a.version == b.version && a.create_revision == b.create_revision));
}

std::string describe(const Event& event) {
    const auto at = " of revision " + std::to_string(event.mod_revision);
    if (event.is_delete) return "a delete" + at;
    return "'" + event.value + "'" + at + " version " + std::to_string(event.version);
}

}  // namespace

Stream::Stream(std::string name, Filter filter, const History& history, Verdict& verdict)
    : name_(std::move(name)), filter_(std::move(filter)), history_(history), verdict_(verdict) {}

void Stream::connects(Revision since, Revision acknowledged) {
    position_ = since;
    pending_.emplace_back(Connection{since, acknowledged});
}

void Stream::takes(Message message) {
    if (message.type == Message::Type::welcome && epoch_.empty()) epoch_ = message.epoch;
    position_ = message.seq_id;
    pending_.emplace_back(std::move(message));
}

void Stream::settle() {
    while (!pending_.empty()) {
        const auto* message = std::get_if<Message>(&pending_.front());
        if (message != nullptr && message->seq_id > history_.complete()) return;
        const auto step = std::move(pending_.front());
        pending_.pop_front();
        if (const auto* connection = std::get_if<Connection>(&step))
            begin(*connection);
        else
            judge(std::get<Message>(step));
    }
}

void Stream::begin(const Connection& connection) {
    connection_ = connection;
    expects_ = Expects::welcome;
    snapshot_open_ = false;
    page_.clear();
    if (connection.since != 0) return;
    owns_state_ = false;
    known_.clear();
    delivered_.clear();
}

void Stream::judge(const Message& message) {
    if (message.type == Message::Type::welcome) {
        judge_welcome(message);
        return;
    }
    check_place(message);
    switch (message.type) {
        case Message::Type::snapshot:
            judge_page(message);
            break;
        case Message::Type::update:
            judge_update(message);
            break;
        case Message::Type::bookmark:
            judge_bookmark(message.seq_id);
            break;
        default:
            judge_other(message);
            break;
    }
}

// What does not move the position repeats it, or takes it away with 0.
void Stream::judge_other(const Message& message) {
    if (message.seq_id == 0 || !owns_state_) return;
    if (message.seq_id < judged_)
        verdict_.note(verdict_.reorders, name_ + ": a message at " + std::to_string(message.seq_id) +
                                             " after position " + std::to_string(judged_));
    cover(message.seq_id);
}

void Stream::check_place(const Message& message) {
    const bool is_snapshot = message.type == Message::Type::snapshot;
    const bool moves = is_snapshot || message.type == Message::Type::update || message.type == Message::Type::bookmark;
    if (!moves) return;
    const auto expected = std::exchange(expects_, Expects::anything);
    if (expected == Expects::welcome) verdict_.note(verdict_.reorders, name_ + ": something came before the welcome");
    if (expected == Expects::snapshot && !is_snapshot)
        verdict_.note(verdict_.reorders, name_ + ": the snapshot that was announced did not come first");
    // When nothing was missed, a snapshot only says that the client has fallen behind since.
    if (expected == Expects::changes && is_snapshot && has_missed_something())
        verdict_.note(verdict_.diverged, name_ + ": changes since " + std::to_string(connection_.since) +
                                             " were promised, a snapshot came");
    if (snapshot_open_ && !is_snapshot) {
        verdict_.note(verdict_.reorders, name_ + ": a message between the pages of a snapshot");
        snapshot_open_ = false;
        page_.clear();
    }
}

bool Stream::has_missed_something() const {
    bool missed = false;
    history_.between(connection_.since, connection_.acknowledged, [&](Revision, const History::Events& events) {
        for (const Event* event : events) missed = missed || filter_.matches(event->key);
    });
    return missed;
}

void Stream::judge_welcome(const Message& message) {
    if (expects_ != Expects::welcome) verdict_.note(verdict_.reorders, name_ + ": a second welcome");
    if (message.epoch != epoch_)
        verdict_.note(verdict_.diverged, name_ + ": the welcome names another history: " + message.epoch);
    if (const auto why = dishonesty(message); !why.empty())
        verdict_.note(verdict_.diverged, name_ + ": the welcome to since=" + std::to_string(connection_.since) +
                                             " said " + message.resume + "/" + message.reason + ", but " + why);
    reason_ = message.reason;
    expects_ = message.resume == "changes" ? Expects::changes : Expects::snapshot;
    if (message.resume == "changes" && message.seq_id > judged_) cover(message.seq_id);
}

std::string Stream::dishonesty(const Message& welcome) const {
    const auto since = connection_.since;
    const auto known = connection_.acknowledged;
    if (since == 0) return welcome.resume == "none" && welcome.reason == "fresh" ? "" : "there was nothing to resume";
    if (welcome.resume == "none") return "there was something to resume";
    if (welcome.resume == "changes") {
        if (welcome.seq_id != since) return "its position is " + std::to_string(welcome.seq_id);
        if (welcome.reason == "current" && known > since)
            return std::to_string(known) + " had been acknowledged before";
        return "";
    }
    if (welcome.seq_id != 0) return "it left a position: " + std::to_string(welcome.seq_id);
    if (welcome.reason == "epoch_changed" && welcome.epoch == epoch_) return "the history is the same";
    if (welcome.reason == "ahead" && since <= known) return std::to_string(known) + " had been acknowledged before";
    if (welcome.reason == "compacted" && !history_.was_compacted()) return "nothing was ever compacted";
    return "";
}

void Stream::judge_bookmark(Revision to) {
    if (to <= judged_) {
        verdict_.note(verdict_.reorders,
                      name_ + ": a bookmark at " + std::to_string(to) + " after position " + std::to_string(judged_));
        return;
    }
    cover(to);
}

void Stream::cover(Revision to) {
    history_.between(judged_, to, [&](Revision revision, const History::Events& events) {
        for (const Event* event : events) {
            if (!filter_.matches(event->key)) continue;
            verdict_.note(verdict_.gaps, name_ + ": revision " + std::to_string(revision) + " never came (" +
                                             event->key + ": " + describe(*event) + "); position " +
                                             std::to_string(judged_) + " went to " + std::to_string(to));
            return;
        }
    });
    judged_ = std::max(judged_, to);
}

void Stream::apply(const Message& message) {
    for (const Event& event : message.events) {
        if (event.is_delete)
            known_.erase(event.key);
        else
            known_[event.key] = event;
    }
    judged_ = std::max(judged_, message.seq_id);
    delivered_.insert(message.seq_id);
    if (delivered_.size() > remembered) delivered_.erase(delivered_.begin());
}

std::string Stream::at(std::string_view key, Revision revision) const {
    return name_ + ": " + std::string(key) + " in the message of " + std::to_string(revision);
}

void Stream::finish(Revision end, const Listing& list) {
    settle();
    if (!pending_.empty())
        verdict_.note(verdict_.diverged, name_ + ": was told of a revision that the store does not have");
    if (!owns_state_) {
        verdict_.note(verdict_.gaps, name_ + ": has no state at the end");
        return;
    }
    cover(end);
    for (const auto& [key, entry] : list) {
        if (!filter_.matches(key)) continue;
        const auto found = known_.find(key);
        if (found == known_.end())
            verdict_.note(verdict_.diverged, name_ + ": does not know " + key + ": " + describe(entry));
        else if (!same(found->second, entry))
            verdict_.note(verdict_.diverged,
                          name_ + ": " + key + " is " + describe(found->second) + ", listed is " + describe(entry));
    }
    for (const auto& [key, entry] : known_)
        if (!list.contains(key))
            verdict_.note(verdict_.diverged, name_ + ": still knows " + key + ": " + describe(entry));
}

}  // namespace confcast::verify
