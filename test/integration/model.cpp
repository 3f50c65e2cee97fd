#include "model.hpp"

#include <string_view>

namespace confcast::test {
namespace {

std::int64_t number(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? 0 : value->to_number<std::int64_t>();
}

std::string text(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string{} : std::string(value->as_string());
}

Known known_of(const json::object& entry) {
    return {text(entry, "value"), number(entry, "mod_revision"), number(entry, "version")};
}

}  // namespace

void Model::apply(const json::object& message) {
    const auto type = text(message, "type");
    if (type != "welcome" && !welcomed()) broken("a " + type + " before the welcome");
    if (type == "welcome") {
        on_welcome(message);
    } else if (type == "snapshot") {
        on_snapshot(message);
    } else if (type == "update") {
        on_update(message);
    } else {
        const auto seq_id = number(message, "seq_id");
        if (type == "bookmark" && seq_id <= position_) broken("a bookmark that does not move on");
        if (seq_id != 0 && seq_id < position_) broken("a " + type + " that goes back");
        if (seq_id != 0) position_ = seq_id;
    }
}

void Model::on_welcome(const json::object& message) {
    if (welcomed()) broken("a second welcome");
    const auto& payload = message.at("payload").as_object();
    resume_ = text(payload, "resume");
    reason_ = text(payload, "reason");
    epoch_ = text(payload, "epoch");
    const auto seq_id = number(message, "seq_id");
    if (seq_id != 0 && seq_id < position_) broken("a welcome that goes back");
    if (seq_id != 0) position_ = seq_id;
}

void Model::on_snapshot(const json::object& message) {
    const auto& payload = message.at("payload").as_object();
    if (!snapshot_open_) entries_.clear();
    for (const auto& entry : payload.at("entries").as_array()) {
        const auto& object = entry.as_object();
        if (!entries_.emplace(text(object, "key"), known_of(object)).second)
            broken(text(object, "key") + " is twice in a snapshot");
    }
    snapshot_open_ = payload.at("more").as_bool();
    const auto seq_id = number(message, "seq_id");
    if (snapshot_open_) {
        if (seq_id != 0) broken("a page of a snapshot with a position");
        return;
    }
    if (seq_id < position_) broken("a snapshot that goes back");
    position_ = seq_id;
    complete_ = true;
    ++snapshots_;
    check_pairs();
}

void Model::on_update(const json::object& message) {
    ++updates_;
    const auto seq_id = number(message, "seq_id");
    const auto& payload = message.at("payload").as_object();
    const bool folded = payload.contains("coalesced_from");
    if (folded) ++coalesced_;
    if (snapshot_open_) broken("an update between the pages of a snapshot");
    if (seq_id <= position_) broken("position " + std::to_string(seq_id) + " after " + std::to_string(position_));
    if (folded && number(payload, "coalesced_from") > seq_id) broken("coalesced_from beyond seq_id");
    for (const auto& event : payload.at("events").as_array()) on_event(event.as_object(), seq_id, folded);
    position_ = seq_id;
    check_pairs();
}

void Model::on_event(const json::object& event, std::int64_t seq_id, bool folded) {
    const auto key = text(event, "key");
    const auto revision = number(event, "mod_revision");
    const auto at = key + " at " + std::to_string(revision);
    if (revision <= position_) broken(at + " again: the position is " + std::to_string(position_));
    if (folded ? revision > seq_id : revision != seq_id) broken(at + " in the message of " + std::to_string(seq_id));

    const auto found = entries_.find(key);
    if (text(event, "op") == "delete") {
        if (found != entries_.end())
            entries_.erase(found);
        else if (complete_ && !folded)
            broken(at + " deleted, but it was not there");
        return;
    }
    // A key's version grows by one with each write: a step is a gap, unless revisions were folded.
    const auto version = number(event, "version");
    const auto expected = found == entries_.end() ? 1 : found->second.version + 1;
    if (!folded && (found != entries_.end() || complete_) && version != expected)
        broken(at + " is version " + std::to_string(version) + ", expected " + std::to_string(expected));
    entries_[key] = known_of(event);
}

void Model::check_pairs() {
    if (pair_prefix_.empty()) return;
    for (auto a = entries_.lower_bound(pair_prefix_); a != entries_.end() && a->first.starts_with(pair_prefix_); ++a) {
        const auto& key = a->first;
        auto other = key;
        other.back() = key.back() == 'a' ? 'b' : 'a';
        const auto b = entries_.find(other);
        if (b == entries_.end() || b->second.value != a->second.value)
            broken(key + " and " + other + " differ at " + std::to_string(position_));
    }
}

void Model::broken(std::string what) {
    if (violations_.size() < 10) violations_.push_back(std::move(what));
}

}  // namespace confcast::test
