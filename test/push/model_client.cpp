#include "model_client.hpp"

#include "naive_glob.hpp"

namespace confcast::push::test {
namespace {

bool any_matches(const std::set<std::string>& globs, const std::string& key) {
    for (const std::string& glob : globs)
        if (naive_glob(glob, key)) return true;
    return false;
}

FilterSet read_filters(const json::object& payload) {
    FilterSet out;
    for (const json::value& key : payload.at("keys").as_array()) out.keys.emplace(key.as_string());
    for (const json::value& prefix : payload.at("prefixes").as_array()) out.prefixes.emplace(prefix.as_string());
    for (const json::value& glob : payload.at("globs").as_array()) out.globs.emplace(glob.as_string());
    return out;
}

}  // namespace

bool FilterSet::matches(const std::string& key) const {
    if (keys.contains(key)) return true;
    for (const std::string& prefix : prefixes)
        if (key.starts_with(prefix)) return true;
    return any_matches(globs, key);
}

bool ModelClient::sees(const std::string& key) const {
    return filters_.matches(key) && (!limited_to_ || any_matches(*limited_to_, key));
}

View ModelClient::restricted(const View& state) const {
    View out;
    for (const auto& [key, revision] : state)
        if (sees(key)) out.emplace(key, revision);
    return out;
}

void ModelClient::read_limits(const Received& message) {
    limited_to_.reset();
    const json::value* globs = message.payload.if_contains("limited_to");
    if (globs == nullptr) return;
    limited_to_.emplace();
    for (const json::value& glob : globs->as_array()) limited_to_->emplace(glob.as_string());
}

void ModelClient::connect(FilterSet filters, feed::Revision since, bool with_snapshot) {
    filters_ = std::move(filters);
    since_ = since;
    with_snapshot_ = with_snapshot;
    welcomed_ = due_ = in_snapshot_ = false;
    if (since == 0) view_.clear();
    position_ = last_ = since;
}

void ModelClient::receive(const Received& message) {
    ASSERT_TRUE(welcomed_ || message.type == "welcome") << "first, always; not " << message.type;
    if (message.type == "welcome") return on_welcome(message);
    if (message.type == "snapshot") return on_page(message);
    if (message.type == "subscribed" || message.type == "unsubscribed") return on_filters(message);
    if (message.type == "pong" || message.type == "error") {
        ASSERT_EQ(message.seq_id, position_) << message.type;
        return;
    }
    if (message.type == "access") return on_access(message);
    ASSERT_FALSE(due_) << message.type << " where a snapshot was due";
    if (message.type == "update") return on_update(message);
    ASSERT_EQ(message.type, "bookmark");
    move_to(message.seq_id);
}

void ModelClient::on_welcome(const Received& message) {
    const std::string_view resume = message.payload.at("resume").as_string();
    const std::string_view reason = message.payload.at("reason").as_string();
    if (welcomed_) {
        ASSERT_EQ(resume, "snapshot");
    }
    welcomed_ = true;
    epoch_ = message.payload.at("epoch").as_string();
    read_limits(message);
    in_snapshot_ = false;
    due_ = resume == "snapshot" || (resume == "none" && with_snapshot_);
    scope_ = filters_;
    if (due_) {
        ASSERT_EQ(message.seq_id, 0);
        position_ = 0;
        last_ = 0;  // told that it gets state instead: of what revision is the server's to say
        return;
    }
    ASSERT_NE(message.seq_id, 0);
    if (resume == "none") {
        // "Now", without the state: let the view be what a client would have fetched itself.
        ASSERT_EQ(reason, "fresh");
        view_ = restricted(history().at(message.seq_id));
    } else {
        ASSERT_EQ(message.seq_id, since_) << "a welcome does not move the position";
    }
    position_ = last_ = message.seq_id;
    expect_view();
}

void ModelClient::on_page(const Received& message) {
    if (!in_snapshot_) {
        if (!due_) scope_ = filters_;
        ++snapshots;
        pages_.clear();
    }
    due_ = in_snapshot_ = true;
    for (const json::value& entry : message.payload.at("entries").as_array()) {
        const std::string key(entry.at("key").as_string());
        ASSERT_TRUE(scope_.matches(key) && sees(key)) << key;
        ASSERT_TRUE(pages_.empty() || pages_.rbegin()->first < key) << "pages ascend by key";
        pages_.emplace(key, entry.at("mod_revision").as_int64());
    }
    const bool more = message.payload.at("more").as_bool();
    ASSERT_EQ(message.seq_id == 0, more);
    if (more) {
        position_ = 0;
        return;
    }
    due_ = in_snapshot_ = false;
    std::erase_if(view_, [&](const auto& entry) { return scope_.matches(entry.first); });
    view_.insert(pages_.begin(), pages_.end());
    ASSERT_GE(message.seq_id, last_) << "positions only grow";
    position_ = last_ = message.seq_id;
    expect_view();
}

void ModelClient::on_update(const Received& message) {
    ASSERT_NE(position_, 0);
    ASSERT_GT(message.seq_id, position_) << "a change came twice, or late";
    const auto* from = message.payload.if_contains("coalesced_from");
    if (from != nullptr) {
        ++coalesced;
        ASSERT_EQ(from->as_int64(), position_);
    } else {
        ++updates;
        expect_whole_revision(message);
    }
    const auto& events = message.payload.at("events").as_array();
    ASSERT_FALSE(events.empty());
    for (const json::value& event : events) {
        const std::string key(event.at("key").as_string());
        ASSERT_TRUE(sees(key)) << key;
        if (event.at("op").as_string() == "put")
            view_[key] = event.at("mod_revision").as_int64();
        else
            view_.erase(key);
    }
    move_to(message.seq_id);
}

void ModelClient::expect_whole_revision(const Received& update) const {
    if (!exact_) return;
    std::map<std::string, bool> got;
    for (const json::value& event : update.payload.at("events").as_array()) {
        got.emplace(event.at("key").as_string(), event.at("op").as_string() == "put");
        ASSERT_EQ(event.at("mod_revision").as_int64(), update.seq_id);
    }
    std::map<std::string, bool> due;
    for (const auto& [key, is_put] : history().changes.at(update.seq_id))
        if (sees(key)) due.emplace(key, is_put);
    ASSERT_EQ(got, due) << "all matching events of a revision come in one message";
}

void ModelClient::on_filters(const Received& message) {
    ASSERT_FALSE(due_) << message.type << " where a snapshot was due";
    const FilterSet now = read_filters(message.payload);
    read_limits(message);
    if (message.type == "unsubscribed") {
        filters_ = now;
        std::erase_if(view_, [&](const auto& entry) { return !filters_.matches(entry.first); });
        ASSERT_EQ(message.seq_id, position_);
        return;
    }
    scope_ = now;
    for (const auto& key : filters_.keys) ASSERT_EQ(scope_.keys.erase(key), 1U);
    for (const auto& prefix : filters_.prefixes) ASSERT_EQ(scope_.prefixes.erase(prefix), 1U);
    for (const auto& glob : filters_.globs) ASSERT_EQ(scope_.globs.erase(glob), 1U);
    filters_ = now;
    ASSERT_EQ(message.seq_id, scope_.empty() ? position_ : 0) << "a snapshot follows what is added, and only that";
    position_ = message.seq_id;
    due_ = !scope_.empty();
}

// Either nothing of what it sees is different, or the state of everything that it sees follows at once.
void ModelClient::on_access(const Received& message) {
    ++access_news;
    read_limits(message);
    if (message.payload.contains("snapshot")) {
        ASSERT_EQ(message.seq_id, 0);
        due_ = true;
        in_snapshot_ = false;
        scope_ = filters_;
        position_ = 0;
        return;
    }
    ASSERT_EQ(message.seq_id, position_);
    if (position_ != 0) expect_view();
}

void ModelClient::move_to(feed::Revision revision) {
    ASSERT_GE(revision, last_) << "positions only grow";
    position_ = last_ = revision;
    expect_view();
}

void ModelClient::expect_view() const { ASSERT_EQ(view_, restricted(history().at(position_))) << "at " << position_; }

void ModelClient::expect_converged(const std::optional<std::set<std::string>>& allowed) const {
    ASSERT_EQ(epoch_, histories_.newest);
    View due;
    for (const auto& [key, revision] : history().states.rbegin()->second)
        if (filters_.matches(key) && (!allowed || any_matches(*allowed, key))) due.emplace(key, revision);
    ASSERT_EQ(view_, due);
}

}  // namespace confcast::push::test
