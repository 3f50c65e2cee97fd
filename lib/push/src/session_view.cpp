// A session as others see it.
#include <algorithm>

#include "each_filter.hpp"
#include "session.hpp"

namespace confcast::push {

bool Session::is(const ClientQuery& query) const {
    static const ClientName nameless;
    const ClientName& name = name_ ? *name_ : nameless;
    if (query.id && *query.id != name.id) return false;
    if (query.transport && *query.transport != transport_.framing()) return false;
    return std::ranges::all_of(query.labels, [&name](const Label& label) {
        return std::ranges::find(name.labels, label) != name.labels.end();
    });
}

Client Session::view() const {
    Client client;
    client.session = id_;
    client.address = transport_.remote();
    client.transport = transport_.framing();
    if (name_) client.name = *name_;
    if (access_) client.principal = access_->name;
    client.filters = filters_in_force();
    client.epoch = core_.head().epoch;
    client.seq_id = told_;
    if (pending_ != 0) client.lag = core_.head().revision - pending_ + 1;
    client.since = connected_;
    client.bytes_sent = bytes_;
    client.state = state();
    if (ack_) client.ack = *ack_;
    return client;
}

Filters Session::filters_in_force() const {
    Filters out;
    if (parked_) {
        for_each_or_everything(parked_->subscription.filters, [&out](FilterKind kind, const std::string& text) {
            texts_of(out, kind).push_back(text);
        });
        return out;
    }
    for (const FilterLink& filter : filters()) texts_of(out, filter.bucket->kind).emplace_back(filter.bucket->text);
    return out;
}

ClientState Session::state() const {
    if (closing_ || leaving_) return ClientState::closing;
    if (parked_) return ClientState::waiting;
    if (snapshot_ || snapshot_due_) return ClientState::snapshot;
    return pending_ != 0 ? ClientState::behind : ClientState::live;
}

}  // namespace confcast::push
