#include "confcast/push/hub.hpp"

#include <map>
#include <random>

#include "client_message.hpp"
#include "core.hpp"
#include "each_filter.hpp"
#include "polls.hpp"
#include "session.hpp"

namespace confcast::push {

namespace {

// Of one page of clients: neither many that do not match nor many that have much may hold the loop.
constexpr std::size_t max_page_scan = 10'000;
constexpr std::size_t max_page_filter_bytes = 1U << 20U;

constexpr std::int64_t leave_at_once = 256;

constexpr std::size_t most_idle_scopes = 64;  // that are remembered though nobody has them

std::size_t bytes_of(const Filters& filters) {
    std::size_t bytes = 0;
    for_each(filters, [&bytes](FilterKind, const std::string& text) { bytes += text.size(); });
    return bytes;
}

}  // namespace

std::string Core::envelope(const Error& error) const {
    return options.render_envelope ? options.render_envelope(error) : plain_envelope(error);
}

struct Hub::Impl final : Core {
    using Core::Core;

    void forget(Session& session) override {
        by_id.erase(session.id());
        --stats.sessions[static_cast<std::size_t>(session.framing())];
        const std::size_t slot = session.slot;
        std::swap(sessions[slot], sessions.back());
        sessions[slot]->slot = slot;
        sessions.pop_back();
        ++stats.sessions_closed;
    }

    void try_parked() {
        if (parked.empty()) return;
        std::erase_if(parked, [](Session* session) { return session->try_start(); });
    }

    /// Those whose turn it is: a few hundred at once, the others evenly over half of the window. Who came later was
    /// told then.
    void send_away(SteadyTime now) {
        if (draining->told >= draining->count) return;
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - draining->began);
        const auto half = std::max<std::int64_t>(draining->window.count() / 2, 1);
        const auto count = static_cast<std::int64_t>(draining->count);
        const std::int64_t due = std::max(leave_at_once, count * std::min(since.count(), half) / half);
        for (const auto& session : sessions) {
            const auto told = static_cast<std::int64_t>(draining->told);
            if (told >= due && draining->window.count() > 0) return;
            if (session->go_away(draining->reason, draining->window * told / count)) ++draining->told;
        }
    }

    std::uint64_t new_id() {
        std::uint64_t id = 0;
        while (id == 0 || by_id.contains(id)) id = ids();
        return id;
    }

    feed::Epoch epoch = feed.position().epoch;
    std::vector<std::unique_ptr<Session>> sessions;
    std::map<std::uint64_t, Session*> by_id;
    std::vector<Subscriber*> matched;  // scratch
    Polls polls;
    std::map<std::string, std::weak_ptr<const Scope>> scopes;  // by their globs, one a line
    std::uint64_t last_scope = 0;
    std::mt19937_64 ids{std::random_device{}()};
};

Hub::Hub(feed::Feed& feed, HubOptions options, const Clock& clock, Log& log)
    : impl_(std::make_unique<Impl>(feed, std::move(options), clock, log)) {
    feed.add_listener(*this);
}

Hub::~Hub() { impl_->feed.remove_listener(*this); }

void Hub::reconfigure(HubOptions options) { impl_->options = std::move(options); }

Result<> Hub::check(const Subscription& subscription) const {
    const Filters& filters = subscription.filters;
    if (filters.size() > impl_->options.max_filters)
        return Error(Errc::too_many_filters)
            .with("limit", static_cast<std::int64_t>(impl_->options.max_filters))
            .with("count", static_cast<std::int64_t>(filters.size()));
    return check_filters(filters);
}

TransportEvents& Hub::open(Transport& transport, Subscription subscription) {
    auto& session = *impl_->sessions.emplace_back(std::make_unique<Session>(*impl_, transport, impl_->new_id()));
    impl_->by_id.emplace(session.id(), &session);
    session.slot = impl_->sessions.size() - 1;
    ++impl_->stats.sessions_opened;
    ++impl_->stats.sessions[static_cast<std::size_t>(transport.framing())];
    session.open(std::move(subscription));
    return session;
}

Awaitable<News> Hub::wait_for_news(const Filters& filters, ScopePtr scope, const std::optional<Seen>& seen,
                                   std::chrono::milliseconds longest) {
    const feed::Position head = impl_->head();
    const News known = seen ? news_since(impl_->feed, filters, *seen, scope.get()) : News::none;
    if (known != News::none || impl_->draining || longest <= std::chrono::milliseconds::zero()) co_return known;

    const SteadyTime now = impl_->clock.now();
    const auto shorter = std::uniform_int_distribution<std::int64_t>(0, longest.count() / 8)(impl_->ids);
    Polls::Wait wait{head.revision, now + longest - std::chrono::milliseconds(shorter)};
    wait.scope = scope;
    if (seen && seen->revision > head.revision) {
        wait.seen = seen->revision;
        wait.ahead_until = now + impl_->options.ahead_wait;
    }
    ++impl_->stats.polls;
    const News news = co_await impl_->polls.wait(filters, wait);
    if (news == News::changed) ++impl_->stats.polls_woken;
    // A wait is over before it is told so: what has happened in between counts.
    co_return news == News::none ? news_since(impl_->feed, filters, {head.epoch, wait.seen}, scope.get()) : news;
}

void Hub::tick() {
    impl_->try_parked();
    impl_->shared.tidy();
    const SteadyTime now = impl_->clock.now();
    if (impl_->draining) impl_->send_away(now);
    for (const auto& session : impl_->sessions) session->tick(now);
    impl_->polls.tick(now, impl_->head().revision);
}

// Clients that all come back at the same moment would find the next node as they left this one.
void Hub::drain(std::string_view reason, std::chrono::milliseconds window) {
    const SteadyTime now = impl_->clock.now();
    impl_->draining = Core::Draining{std::string(reason), window, now, impl_->sessions.size()};
    impl_->send_away(now);
    impl_->polls.finish_all(News::none);
}

std::size_t Hub::sessions() const { return impl_->sessions.size(); }

Hub::FilterCount Hub::filters() const { return {impl_->index.size(), impl_->index.held()}; }

ClientPage Hub::clients(const ClientQuery& query, std::uint64_t after, std::size_t limit) const {
    ClientPage page;
    std::size_t bytes = 0;
    std::size_t looked_at = 0;
    std::uint64_t last = after;
    for (auto at = impl_->by_id.upper_bound(after); at != impl_->by_id.end(); ++at) {
        if (page.clients.size() >= limit || bytes >= max_page_filter_bytes || looked_at++ >= max_page_scan) {
            page.next = last;
            break;
        }
        last = at->first;
        if (!at->second->is(query)) continue;
        page.clients.push_back(at->second->view());
        bytes += bytes_of(page.clients.back().filters);
    }
    return page;
}

std::optional<Client> Hub::client(std::uint64_t session) const {
    const auto found = impl_->by_id.find(session);
    if (found == impl_->by_id.end()) return std::nullopt;
    return found->second->view();
}

bool Hub::dismiss(std::uint64_t session) {
    const auto found = impl_->by_id.find(session);
    if (found == impl_->by_id.end()) return false;
    found->second->dismiss();
    return true;
}

ScopePtr Hub::scope(std::vector<std::string> globs) {
    glob::GlobList names(std::move(globs));
    if (names.has_everything()) return nullptr;
    std::string text;
    for (const std::string& one : names.globs()) {
        text += one;
        text += '\n';
    }
    std::weak_ptr<const Scope>& place = impl_->scopes[text];
    if (ScopePtr known = place.lock()) return known;
    const auto made = std::make_shared<const Scope>(++impl_->last_scope, std::move(names));
    place = made;
    if (impl_->scopes.size() > 2 * impl_->sessions.size() + most_idle_scopes)
        std::erase_if(impl_->scopes, [](const auto& one) { return one.second.expired(); });
    return made;
}

void Hub::recheck(const std::function<Result<AccessPtr>(const AccessPtr& then)>& ask) {
    for (const auto& session : impl_->sessions) {
        if (!session->access()) continue;
        Result<AccessPtr> now = ask(session->access());
        if (!now)
            session->revoke(now.error());
        else if (*now != session->access())
            session->change_access(std::move(*now));
    }
}

std::size_t Hub::polls() const { return impl_->polls.size(); }

const HubStats& Hub::stats() const { return impl_->stats; }

void Hub::on_change(const feed::ChangePtr& change) {
    impl_->timings.add(*change, impl_->clock.now(), impl_->clock.wall());
    impl_->matched.clear();
    impl_->index.match(*change, impl_->matched);
    for (Subscriber* session : impl_->matched) static_cast<Session*>(session)->on_match(*change);
    impl_->polls.on_change(*change);
    impl_->try_parked();
}

void Hub::on_advance(feed::Revision /*revision*/) { impl_->try_parked(); }

// The epoch may be the same: then the store was put back, and what there is of its history is not what it was.
void Hub::on_epoch(feed::Epoch epoch) {
    const Reason reason = epoch == impl_->epoch ? Reason::compacted : Reason::epoch_changed;
    impl_->epoch = epoch;
    impl_->shared.forget_all();
    impl_->timings.clear();
    for (const auto& session : impl_->sessions) session->on_epoch(reason);
    impl_->polls.finish_all(News::lost);
    impl_->try_parked();
}

}  // namespace confcast::push
