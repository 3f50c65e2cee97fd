#include "subscriptions.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace confcast::client {

std::uint64_t Subscriptions::add(const Filters& filters, Callback callback, bool begun) {
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->filters = FilterSet::of(filters);
    subscriber->callback = std::move(callback);
    subscriber->begun = begun;
    all_.emplace(++last_id_, std::move(subscriber));
    return last_id_;
}

FilterSet Subscriptions::wanted() const {
    FilterSet wanted;
    for (const auto& [id, subscriber] : all_) wanted.insert_all(subscriber->filters);
    return wanted;
}

// A callback may add and remove: those who are there now are visited, if they still are when it is their turn.
template <class Visit>
void Subscriptions::visit(Visit each) {
    std::vector<std::uint64_t> ids;
    ids.reserve(all_.size());
    for (const auto& [id, subscriber] : all_) ids.push_back(id);
    for (const std::uint64_t id : ids) {
        const auto found = all_.find(id);
        if (found == all_.end()) continue;
        const auto subscriber = found->second;  // lives through the call
        each(*subscriber);
    }
}

void Subscriptions::pause(const LocalCopy& copy, const FilterSet& complete) {
    for (const auto& [id, subscriber] : all_)
        if (subscriber->begun && !subscriber->paused && !complete.contains_all(subscriber->filters))
            subscriber->paused = copy.restricted(subscriber->filters);
}

void Subscriptions::disown() {
    for (const auto& [id, subscriber] : all_)
        if (subscriber->paused) subscriber->paused->disown();
}

void Subscriptions::resume(Subscriber& subscriber, const LocalCopy& copy, const Position& at) {
    LocalCopy known = *std::exchange(subscriber.paused, std::nullopt);
    auto difference = known.replace(subscriber.filters, copy.restricted(subscriber.filters).entries(), at.revision);
    if (!difference.empty()) call(subscriber, {Change::Cause::snapshot, at, {}, std::move(difference)});
}

void Subscriptions::begin(const LocalCopy& copy, const FilterSet& complete, const Position& at) {
    visit([&](Subscriber& subscriber) {
        const bool waits = !subscriber.begun || subscriber.paused;
        if (!waits || !complete.contains_all(subscriber.filters)) return;
        if (subscriber.paused) return resume(subscriber, copy, at);
        subscriber.begun = true;
        call(subscriber, {Change::Cause::initial, at, {}, copy.matching(subscriber.filters)});
    });
}

void Subscriptions::tell(const Change& change) {
    visit([&](Subscriber& subscriber) {
        if (!subscriber.begun || subscriber.paused) return;
        Change mine{change.cause, change.position, change.coalesced_from, {}};
        for (const Event& event : change.events)
            if (subscriber.filters.matches(event.key)) mine.events.push_back(event);
        if (!mine.events.empty()) call(subscriber, mine);
    });
}

void Subscriptions::call(Subscriber& subscriber, const Change& change) {
    ++outcome_.called;
    const auto fail = [&](std::string error) {
        subscriber.failed = true;
        if (outcome_.failed) return;
        outcome_.failed = true;
        outcome_.key = change.events.empty() ? std::string() : change.events.front().key;
        outcome_.error = std::move(error);
    };
    try {
        subscriber.callback(change);
        subscriber.failed = false;
    } catch (const std::exception& error) {
        fail(error.what());
    } catch (...) {
        fail("an unknown exception");
    }
}

bool Subscriptions::untold() const {
    return std::ranges::none_of(all_, [](const auto& s) { return s.second->begun; });
}

bool Subscriptions::all_applied() const {
    return std::ranges::none_of(all_, [](const auto& s) { return s.second->failed; });
}

}  // namespace confcast::client
