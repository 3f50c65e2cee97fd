// A session as others see it.
#include <algorithm>

#include "each_filter.hpp"
#include "session.hpp"

namespace confcast::push {

bool Session::is(const ClientQuery& query) const {
    static const ClientName nameless;
    const ClientName& name = persona_ ? persona_->name : nameless;
    if (query.id && *query.id != name.id) return false;
    if (query.transport && *query.transport != framing_) return false;
    return std::ranges::all_of(query.labels, [&name](const Label& label) {
        return std::ranges::find(name.labels, label) != name.labels.end();
    });
}

Client Session::view() const {
    Client client;
    client.session = id_;
    client.address = transport_.remote();
    client.transport = framing_;
    if (persona_) client.name = persona_->name;
    if (access_) client.principal = access_->name;
    client.filters = filters_in_force();
    client.epoch = core_.head().epoch;
    client.seq_id = told_;
    if (const feed::Revision first = pending(); first != 0) client.lag = core_.head().revision - first + 1;
    client.since = connected_;
    client.bytes_sent = bytes_;
    client.state = state();
    if (persona_) client.ack = persona_->ack;
    return client;
}

Filters Session::filters_in_force() const {
    Filters out;
    if (is_parked()) {
        for_each_or_everything(
            errands_->parked->subscription.filters,
            [&out](FilterKind kind, const std::string& text) { texts_of(out, kind).push_back(text); });
        return out;
    }
    for (const FilterLink& filter : filters()) texts_of(out, filter.bucket->kind).emplace_back(filter.bucket->text);
    return out;
}

ClientState Session::state() const {
    if (closing_ || is_leaving()) return ClientState::closing;
    if (is_parked()) return ClientState::waiting;
    if (awaits_state()) return ClientState::snapshot;
    return pending() != 0 ? ClientState::behind : ClientState::live;
}

Session::Persona& Session::persona() {
    if (!persona_) persona_ = std::make_unique<Persona>();
    return *persona_;
}

}  // namespace confcast::push
