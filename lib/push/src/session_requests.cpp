// What clients say: each message is answered in its turn, and none is lost without a word.
#include <algorithm>

#include "each_filter.hpp"
#include "session.hpp"

namespace confcast::push {

using Type = ClientMessage::Type;

void Session::on_text(std::string_view text) {
    if (closing_ || is_leaving()) return;
    ParsedMessage parsed = parse_client_message(text);
    if (!parsed.message) {
        take_bad_message(std::move(parsed.id), parsed.message.error());
        return;
    }
    bad_messages_ = 0;
    switch (parsed.message->type) {
        case Type::ack:
            ++core_.stats.acks;
            if (parsed.message->ack.failed) ++core_.stats.nacks;
            parsed.message->ack.at = core_.clock.wall();
            persona().ack = std::move(parsed.message->ack);
            return;
        case Type::ping:
            ++core_.stats.pings;
            break;
        case Type::auth:
        case Type::subscribe:
        case Type::unsubscribe:
            break;
    }
    take_request({std::move(parsed.id), std::move(*parsed.message), std::nullopt, text.size()});
}

void Session::on_binary() {
    if (closing_ || is_leaving()) return;
    take_bad_message("", Error(Errc::invalid_message)
                             .with("pointer", "")
                             .with("reason", "messages are JSON in text frames, not binary"));
}

void Session::take_bad_message(std::string id, Error error) {
    // A key that breaks the rules is a mistake in a message that was understood.
    if (error.code() != Errc::invalid_key && ++bad_messages_ >= core_.options.max_bad_messages) {
        ++core_.stats.refused;
        close(close::protocol_error);
        return;
    }
    take_request({std::move(id), {}, std::move(error), 0});
}

// A client that asks faster than it reads the answers: first its requests are refused, which keeps nothing of them but
// the id; if it does not stop at that, it goes.
void Session::take_request(Request request) {
    if (!has_requests()) errands().requests = std::make_unique<Requests>();
    Requests& requests = *errands_->requests;
    const std::size_t waiting = requests.waiting.size();
    if (waiting >= 2 * core_.options.max_requests) {
        close(close::protocol_error);
        return;
    }
    const bool full =
        waiting >= core_.options.max_requests || requests.bytes + request.bytes > core_.options.max_request_bytes;
    if (full && !request.refused) {
        request.message = {};
        request.bytes = 0;
        request.refused = Error(Errc::invalid_message)
                              .with("pointer", "")
                              .with("reason", "too many messages wait for their turn: read the answers first");
    }
    requests.bytes += request.bytes;
    requests.waiting.push_back(std::move(request));
    if (!in_flight_ && !is_parked()) pump();
}

bool Session::may_answer(const Request& request) const {
    if (request.refused || request.message.type == Type::ping || request.message.type == Type::auth) return true;
    if (awaits_state()) return false;
    // What is added is shown as it is at the head, so the rest must be there too.
    return request.message.type != Type::subscribe || pending_ == 0 || !has_new_filter(request.message.filters);
}

bool Session::answer_next() {
    if (!has_requests() || !may_answer(errands_->requests->waiting.front())) return false;
    Requests& requests = *errands_->requests;
    if (!has_collected(requests.waiting.front())) return false;
    std::shared_ptr<Snapshot> added = std::move(requests.shown);
    requests.added.reset();
    const Request request = std::move(requests.waiting.front());
    requests.waiting.pop_front();
    requests.bytes -= request.bytes;
    if (requests.waiting.empty()) errands_->requests.reset();
    answer(request, std::move(added));
    return true;
}

void Session::answer(const Request& request, std::shared_ptr<Snapshot> added) {
    if (request.refused)
        answer_error(request.id, *request.refused);
    else if (request.message.type == Type::ping)
        core_.batch.add(encode_pong(position(), request.id));
    else if (request.message.type == Type::auth)
        renew(request);
    else if (request.message.type == Type::subscribe)
        subscribe(request, std::move(added));
    else
        unsubscribe(request);
}

bool Session::has_new_filter(const Filters& filters) const {
    bool is_new = false;
    for_each(filters, [&](FilterKind kind, const std::string& text) { is_new = is_new || !has_filter(kind, text); });
    return is_new;
}

// The state of what is added is collected before anything is answered: until then the stream goes on as it was, and
// then it is all at one revision.
bool Session::has_collected(const Request& request) {
    if (request.refused || request.message.type != Type::subscribe || is_too_much(request.message.filters)) return true;
    core_.shown.clear();
    for_each(request.message.filters, [this](FilterKind kind, const std::string& text) {
        if (kind != FilterKind::topic && !has_filter(kind, text)) core_.shown.push_back({kind, text});
    });
    // A topic has no state to show.
    if (core_.shown.empty()) return true;
    Requests& requests = *errands_->requests;
    if (requests.added && !requests.added->is_done()) return false;
    if (core_.allowance.filters.is_spent()) {
        core_.wake(*this);
        return false;
    }
    if (requests.added) requests.shown = core_.snapshots.at_head(*requests.added);
    if (requests.shown) return true;
    requests.added = collect_shown(core_.head().revision);
    if (requests.added->is_done()) requests.shown = requests.added->snapshot();
    return requests.shown != nullptr;
}

bool Session::is_too_much(const Filters& filters) {
    want_own_filters();
    if (filters.size() <= core_.options.max_filters) want_new_filters(filters);
    return std::max(core_.wanted.size(), filters.size()) > core_.options.max_filters;
}

void Session::subscribe(const Request& request, std::shared_ptr<Snapshot> added) {
    if (is_too_much(request.message.filters)) {
        const std::size_t count = std::max(core_.wanted.size(), request.message.filters.size());
        answer_error(request.id, Error(Errc::too_many_filters)
                                     .with("limit", static_cast<std::int64_t>(core_.options.max_filters))
                                     .with("count", static_cast<std::int64_t>(count)));
        return;
    }
    if (core_.wanted.size() != filters().size()) {
        core_.allowance.filters.spend(core_.wanted.size() - filters().size());
        move_to_wanted(meta_only());
    }
    // From here on until the last page the client has no position: a stream that ends before would be resumed without
    // the state of what was added.
    if (added) {
        ++core_.stats.snapshots;
        show(std::move(added));
    }
    core_.batch.add(encode_filters(position(), "subscribed", request.id, filters(), limited_to()));
}

// Behind the session's own in core_.wanted, each once.
void Session::want_new_filters(const Filters& filters) {
    for_each(filters, [this](FilterKind kind, const std::string& text) {
        const auto same = [&](const Groups::Filter& one) { return one.kind == kind && one.text == text; };
        if (std::ranges::none_of(core_.wanted, same)) core_.wanted.push_back({kind, text});
    });
}

void Session::unsubscribe(const Request& request) {
    want_own_filters();
    for_each(request.message.filters, [this](FilterKind kind, const std::string& text) {
        std::erase_if(core_.wanted, [&](const Groups::Filter& one) { return one.kind == kind && one.text == text; });
    });
    if (core_.wanted.size() != filters().size()) move_to_wanted(meta_only());
    core_.batch.add(encode_filters(position(), "unsubscribed", request.id, filters(), limited_to()));
}

bool Session::has_filter(FilterKind kind, std::string_view text) const {
    return group_ != nullptr && SubscriptionIndex::has(*group_, kind, text);
}

void Session::answer_error(const std::string& id, const Error& error) {
    ++core_.stats.refused;
    core_.batch.add(encode_error(position(), id, core_.envelope(error)));
}

}  // namespace confcast::push
