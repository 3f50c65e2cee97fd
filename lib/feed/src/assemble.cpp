#include "assemble.hpp"

#include <algorithm>

#include "confcast/store/record.hpp"

namespace confcast::feed {
namespace {

using store::Event;
using Kind = store::Layout::Kind;

/// The metadata events of a revision, in step with its entries: both ascend by the setting's key.
class Records {
  public:
    Records(std::span<Event> events, const store::Layout& layout, const State& state, Assembled& out)
        : events_(events), layout_(layout), state_(state), out_(out) {
        settle();
    }

    /// The trace that a record of an entry has named.
    const std::optional<TraceContext>& trace() const { return trace_; }

    /// The record that was written with this key, null when there is none. Records before it belong to no entry.
    const std::string* take(std::string_view key) {
        while (next_ < events_.size() && key_ < key) orphan();
        if (next_ == events_.size() || key_ != key) return nullptr;
        const Event& event = events_[next_++];
        settle();
        if (event.type != Event::Type::put) return nullptr;
        if (!trace_) trace_ = store::trace_of(event.kv.value);
        return &event.kv.value;
    }

    void finish() {
        while (next_ < events_.size()) orphan();
    }

  private:
    // A record without its entry: whatever metadata the entry has, its record is gone or of a later revision.
    void orphan() {
        const EntryPtr entry = state_.find(key_);
        if (entry && entry->meta != store::Metadata{}) out_.amended.push_back(without_metadata(*entry));
        ++next_;
        settle();
    }

    void settle() {
        for (; next_ < events_.size(); ++next_) {
            const auto place = layout_.place_of(events_[next_].kv.key);
            if (place.kind != Kind::metadata) continue;
            key_ = place.key;
            return;
        }
    }

    std::span<Event> events_;
    const store::Layout& layout_;
    const State& state_;
    Assembled& out_;
    std::size_t next_ = 0;
    std::string_view key_;
    std::optional<TraceContext> trace_;
};

std::string text_of(const std::optional<TraceContext>& trace) { return trace ? std::string(trace->text()) : ""; }

void take_notification(const Event& event, std::string_view id, Assembled& out) {
    if (event.type == Event::Type::del) {
        out.expired.emplace_back(id);
        return;
    }
    if (auto notification = make_notification(id, event.kv))
        out.notifications.push_back(std::move(notification));
    else
        ++out.foreign;
}

TokenChange token_change(Event& event, std::string_view id) {
    TokenChange change{std::string(id), std::nullopt};
    if (event.type == Event::Type::put) change.record = TokenRecord{std::move(event.kv.value), event.kv.mod_revision};
    return change;
}

}  // namespace

EntryPtr make_entry(std::string_view key, store::KeyValue& kv, const std::string* record) {
    auto entry = std::make_shared<Entry>();
    entry->key = key;
    entry->value = std::move(kv.value);
    entry->create_revision = kv.create_revision;
    entry->mod_revision = kv.mod_revision;
    entry->version = kv.version;
    if (record != nullptr)
        if (auto meta = store::decode_metadata(*record)) entry->meta = std::move(*meta);
    return entry;
}

NotificationPtr make_notification(std::string_view id, const store::KeyValue& kv) {
    if (kv.version != 1) return nullptr;
    auto content = store::decode_notification(kv.value);
    if (!content) return nullptr;
    return std::make_shared<const Notification>(std::string(id), kv.mod_revision, std::move(*content),
                                                text_of(store::trace_of(kv.value)));
}

EntryPtr without_metadata(const Entry& entry) {
    auto bare = std::make_shared<Entry>(entry);
    bare->meta = {};
    return bare;
}

Assembled assemble(std::span<Event> events, const store::Layout& layout, const State& state) {
    Assembled out;
    Records records(events, layout, state, out);
    // The journal keeps the vector for long: no spare room in it.
    const auto entries = std::ranges::count_if(
        events, [&](const Event& event) { return layout.place_of(event.kv.key).kind == Kind::entry; });
    out.events.reserve(static_cast<std::size_t>(entries));
    for (Event& event : events) {
        const auto place = layout.place_of(event.kv.key);
        if (place.kind == Kind::notification) take_notification(event, place.key, out);
        if (place.kind == Kind::trace && event.type == Event::Type::put)
            out.traceparent = text_of(store::trace_of(event.kv.value));
        if (place.kind == Kind::token) out.tokens.push_back(token_change(event, place.key));
        if (place.kind != Kind::entry) continue;
        if (!store::check_key(place.key)) {
            ++out.foreign;
            continue;
        }
        const std::string* record = records.take(place.key);
        EntryPtr entry;
        if (event.type == Event::Type::put) entry = make_entry(place.key, event.kv, record);
        out.events.push_back({std::string(place.key), std::move(entry)});
    }
    records.finish();
    if (records.trace()) out.traceparent = text_of(records.trace());
    return out;
}

}  // namespace confcast::feed
