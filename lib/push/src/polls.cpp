#include "polls.hpp"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "each_filter.hpp"

namespace confcast::push {
namespace {

constexpr std::chrono::seconds longest_tick{1};  // a loop that stood still is no reason to end a wait early

}  // namespace

class Polls::Poll : public Subscriber {
  public:
    Poll(std::uint64_t number, const Wait& what) : id(number), wait(what) {}
    virtual ~Poll() = default;
    virtual void complete(News news) = 0;
    const std::uint64_t id;
    const Wait wait;
};

template <class Handler>
class Polls::PollWith final : public Poll {
  public:
    PollWith(std::uint64_t number, const Wait& what, Handler handler)
        : Poll(number, what), handler_(std::move(handler)) {}
    void complete(News news) override {
        const auto executor = asio::get_associated_executor(handler_);
        asio::post(executor, [handler = std::move(handler_), news]() mutable { std::move(handler)(news); });
    }

  private:
    Handler handler_;
};

Polls::Polls() = default;
Polls::~Polls() {
    for (const auto& [id, poll] : waiting_) index_.remove_all(*poll);
}

Awaitable<News> Polls::wait(const Filters& filters, const Wait& wait) {
    auto initiate = [this, &filters, wait](auto handler) {
        using Handler = decltype(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        const std::uint64_t id = ++last_;
        auto& poll =
            *waiting_.emplace(id, std::make_unique<PollWith<Handler>>(id, wait, std::move(handler))).first->second;
        add_filters(poll, filters);
        // By number: the slot may be told once more after the wait is over.
        if (slot.is_connected())
            slot.assign([this, id](asio::cancellation_type) {
                if (const auto it = waiting_.find(id); it != waiting_.end()) finish(it, News::none);
            });
    };
    return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(News)>(std::move(initiate), use_awaitable);
}

void Polls::add_filters(Poll& poll, const Filters& filters) {
    for_each_or_everything(filters, [&](FilterKind kind, const std::string& text) { index_.add(poll, kind, text); });
}

void Polls::finish(Waiting::iterator it, News news) {
    const auto poll = std::move(it->second);
    waiting_.erase(it);
    index_.remove_all(*poll);
    poll->complete(news);
}

bool Polls::sees(const Poll& poll, const feed::Change& change) {
    if (poll.wait.scope == nullptr) return true;
    subset_.assign(change, poll.filters());
    subset_.restrict(change, *poll.wait.scope);
    return !subset_.empty();
}

void Polls::on_change(const feed::Change& change) {
    if (waiting_.empty()) return;
    matched_.clear();
    index_.match(change, matched_);
    for (Subscriber* subscriber : matched_) {
        const Poll& poll = *static_cast<Poll*>(subscriber);
        if (poll.wait.seen < change.revision && sees(poll, change)) finish(waiting_.find(poll.id), News::changed);
    }
}

void Polls::finish_all(News news) {
    while (!waiting_.empty()) finish(waiting_.begin(), news);
}

void Polls::tick(SteadyTime now, feed::Revision head) {
    const SteadyTime last = std::exchange(last_tick_, now);
    const SteadyTime before_next = now + std::min<SteadyTime::duration>(now - last, longest_tick);
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const auto current = it++;
        const Wait& wait = current->second->wait;
        if (wait.ahead_until <= now && wait.seen > head)
            finish(current, News::lost);
        else if (wait.deadline <= before_next)
            finish(current, News::none);
    }
}

}  // namespace confcast::push
