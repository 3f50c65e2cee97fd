#include "confcast/push/hub.hpp"

#include <boost/asio/post.hpp>
#include <boost/intrusive/set.hpp>
#include <deque>
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

constexpr std::size_t looks_a_clock = 32;  // gone through before the time is asked for again

struct IdOf {
    using type = std::uint64_t;
    std::uint64_t operator()(const Session& session) const { return session.id(); }
};
using ById =
    boost::intrusive::set<Session, boost::intrusive::key_of_value<IdOf>, boost::intrusive::constant_time_size<false>>;

std::size_t bytes_of(const Filters& filters) {
    std::size_t bytes = 0;
    for_each(filters, [&bytes](FilterKind, const std::string& text) { bytes += text.size(); });
    return bytes;
}

}  // namespace

std::string Core::envelope(const Error& error) const {
    return options.render_envelope ? options.render_envelope(error) : plain_envelope(error);
}

struct Hub::Impl final : Core, std::enable_shared_from_this<Hub::Impl> {
    Impl(Executor loop, feed::Feed& the_feed, HubOptions the_options, const Clock& the_clock, Log& the_log)
        : Core(the_feed, std::move(the_options), the_clock, the_log), executor(loop) {}
    ~Impl() override { by_id.clear(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void forget(Session& session) override {
        by_id.erase(by_id.iterator_to(session));
        --stats.sessions[static_cast<std::size_t>(session.framing())];
        const std::uint32_t slot = session.slot;
        std::swap(sessions[slot], sessions.back());
        sessions[slot]->slot = slot;
        sessions.pop_back();
        ++stats.sessions_closed;
    }

    void wake(Session& session) override {
        if (std::exchange(session.woken, true)) return;
        woken.push_back(session.id());
        call();
    }

    void call() override {
        if (std::exchange(called, true)) return;
        asio::post(executor, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->take_turn();
        });
    }

    /// Those who asked by name, each once; then, with as much to spend, the groups in the order in which they were due,
    /// and a tick's sessions. What is left at the end of the turn has the next one.
    void take_turn() {
        called = false;
        UnderWay under_way(*this);
        allowance.renew(options);
        collect();
        groups.drop_left();
        for (std::size_t n = woken.size(); n > 0 && !turn->is_over(); --n) {
            const auto found = by_id.find(woken.front());
            woken.pop_front();
            if (found == by_id.end()) continue;
            found->woken = false;
            look();
            found->take_turn();
        }
        under_way.begin_anew();
        while (!rounds.empty() && !turn->is_over()) take_round();
        tick_sessions();
        if (has_work()) call();
    }

    bool has_work() const {
        return !woken.empty() || !rounds.empty() || tick_left != 0 || snapshots.is_busy() || groups.has_left();
    }

    /// A slice of the snapshots that are under way. Who has waited for one that is done comes behind those who have
    /// asked for this turn.
    void collect() {
        done.clear();
        snapshots.work(done);
        for (const std::uint64_t id : done)
            if (const auto found = by_id.find(id); found != by_id.end()) wake(*found);
    }

    /// Asks the members of the first group that is due, as far as the turn goes.
    void take_round() {
        Group& group = *rounds.front();
        while (!turn->is_over()) {
            Session* session = group.next();
            if (session == nullptr) {
                rounds.pop_front();
                if (group.end_round())
                    rounds.push_back(&group);
                else
                    groups.drop_empty(group);
                return;
            }
            look();
            session->take_turn();
        }
    }

    /// From the back: who goes meanwhile is replaced by one that has been looked at.
    void tick_sessions() {
        tick_left = std::min(tick_left, sessions.size());
        while (tick_left != 0 && !turn->is_over()) {
            look();
            sessions[--tick_left]->tick(*turn_time);
        }
    }

    void look() {
        if (looks++ % looks_a_clock == 0) turn_time = clock.now();
        turn->look();
    }

    /// A turn, as long as it lasts.
    class UnderWay {
      public:
        explicit UnderWay(Impl& hub) : hub_(hub), turn_(hub.options) {
            hub.turn = &turn_;
            hub.turn_time = hub.clock.now();
        }
        ~UnderWay() {
            hub_.turn = nullptr;
            hub_.turn_time.reset();
        }
        void begin_anew() { turn_ = Turn(hub_.options); }
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;

      private:
        Impl& hub_;
        Turn turn_;
    };

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
        while (id == 0 || by_id.find(id) != by_id.end()) id = ids();
        return id;
    }

    Executor executor;
    feed::Epoch epoch = feed.position().epoch;
    std::vector<std::unique_ptr<Session>> sessions;
    ById by_id;
    std::deque<std::uint64_t> woken;  // those who asked for a turn; they may be gone
    std::deque<Group*> rounds;        // for a round
    std::size_t tick_left = 0;        // sessions before this one have still to be told of the tick
    bool called = false;              // a turn follows
    std::size_t looks = 0;
    std::vector<Subscriber*> matched;  // scratch
    std::vector<std::uint64_t> done;   // scratch
    Polls polls;
    std::map<std::string, std::weak_ptr<const Scope>> scopes;  // by their globs, one a line
    std::uint64_t last_scope = 0;
    std::mt19937_64 ids{std::random_device{}()};
};

Hub::Hub(Executor executor, feed::Feed& feed, HubOptions options, const Clock& clock, Log& log)
    : impl_(std::make_shared<Impl>(executor, feed, std::move(options), clock, log)) {
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
    impl_->by_id.insert(session);
    session.slot = static_cast<std::uint32_t>(impl_->sessions.size() - 1);
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
    impl_->snapshots.tick();
    const SteadyTime now = impl_->clock.now();
    if (impl_->draining) impl_->send_away(now);
    {
        const Impl::UnderWay turn(*impl_);
        impl_->tick_left = impl_->sessions.size();
        impl_->tick_sessions();
    }
    if (impl_->has_work()) impl_->call();
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

Hub::FilterCount Hub::filters() const { return {impl_->index.size(), impl_->groups.held()}; }

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
        last = at->id();
        if (!at->is(query)) continue;
        page.clients.push_back(at->view());
        bytes += bytes_of(page.clients.back().filters);
    }
    return page;
}

std::optional<Client> Hub::client(std::uint64_t session) const {
    const auto found = impl_->by_id.find(session);
    if (found == impl_->by_id.end()) return std::nullopt;
    return found->view();
}

bool Hub::dismiss(std::uint64_t session) {
    const auto found = impl_->by_id.find(session);
    if (found == impl_->by_id.end()) return false;
    found->dismiss();
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
    for (Subscriber* subscriber : impl_->matched) {
        Group& group = *static_cast<Group*>(subscriber);
        if (group.note(change->revision)) impl_->rounds.push_back(&group);
    }
    if (!impl_->rounds.empty()) impl_->call();
    impl_->polls.on_change(*change);
    impl_->try_parked();
}

void Hub::on_advance(feed::Revision /*revision*/) { impl_->try_parked(); }

// The epoch may be the same: then the store was put back, and what there is of its history is not what it was.
void Hub::on_epoch(feed::Epoch epoch) {
    const Reason reason = epoch == impl_->epoch ? Reason::compacted : Reason::epoch_changed;
    impl_->epoch = epoch;
    impl_->shared.forget_all();
    impl_->snapshots.forget_all();
    impl_->runs.clear();
    for (Group* group : impl_->rounds) group->forget_news();
    impl_->timings.clear();
    for (const auto& session : impl_->sessions) session->on_epoch(reason);
    impl_->polls.finish_all(News::lost);
    impl_->try_parked();
}

}  // namespace confcast::push
