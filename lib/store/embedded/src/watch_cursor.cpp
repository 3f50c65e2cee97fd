#include "watch_cursor.hpp"

#include <utility>

namespace confcast::store {
namespace {

struct Cursor {
    std::shared_ptr<WatchHub> hub;
    std::shared_ptr<ReaderQueue> reader;
    KeyRange range;
    Revision next = 0;
    HistoryPage page;
    std::size_t taken = 0;  // batches of the page that were handed out
    std::optional<Error> failed;

    /// What can be said without asking the log.
    std::optional<Result<WatchBatch>> ready() {
        if (hub->ended()) return Error(Errc::shutting_down);
        if (failed) return *failed;
        if (taken < page.batches.size()) {
            auto batch = std::move(page.batches[taken++]);
            next = batch.revision + 1;
            if (taken == page.batches.size()) page.batches.clear();
            return batch;
        }
        if (next > hub->head() || !hub->covers(next)) return std::nullopt;
        auto batch = hub->first_in(range, next);
        next = batch.revision + 1;
        return batch;
    }

    void take_page(HistoryPage read) {
        page = std::move(read);
        taken = 0;
        // What the page holds no event for has been seen too.
        if (page.batches.empty() || page.batches.back().revision < page.complete_to)
            page.batches.push_back({page.complete_to, {}});
    }
};

Awaitable<Result<HistoryPage>> read_page(std::shared_ptr<Cursor> cursor) {
    auto work = [range = cursor->range, from = cursor->next, to = cursor->hub->head()](LogReader& log) {
        return log.history(range, from, to);
    };
    co_return co_await cursor->reader->ask<HistoryPage>(std::move(work));
}

/// Holds the cursor itself: the stream may be destroyed while this waits.
Awaitable<Result<WatchBatch>> next_batch(std::shared_ptr<Cursor> cursor) {
    for (;;) {
        if (auto ready = cursor->ready()) co_return std::move(*ready);
        if (cursor->next <= cursor->hub->head()) {
            auto page = co_await read_page(cursor);
            if (page)
                cursor->take_page(std::move(*page));
            else
                cursor->failed = cursor->failed.value_or(page.error());
            continue;
        }
        co_await cursor->hub->changed();
        // A cancelled wait returns at once, for ever: end instead of spinning.
        const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
        if (cancelled != asio::cancellation_type::none) co_return Error(Errc::shutting_down);
    }
}

class EmbeddedWatch final : public WatchStream {
  public:
    explicit EmbeddedWatch(std::shared_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}
    ~EmbeddedWatch() override {
        cursor_->failed = Error(Errc::shutting_down);
        cursor_->hub->wake();
    }
    EmbeddedWatch(const EmbeddedWatch&) = delete;
    EmbeddedWatch& operator=(const EmbeddedWatch&) = delete;

    Awaitable<Result<WatchBatch>> next() override { return next_batch(cursor_); }

  private:
    std::shared_ptr<Cursor> cursor_;
};

}  // namespace

std::unique_ptr<WatchStream> make_watch(std::shared_ptr<WatchHub> hub, std::shared_ptr<ReaderQueue> reader,
                                        WatchRequest request) {
    auto cursor = std::make_shared<Cursor>();
    cursor->hub = std::move(hub);
    cursor->reader = std::move(reader);
    cursor->range = std::move(request.range);
    cursor->next = request.start;
    return std::make_unique<EmbeddedWatch>(std::move(cursor));
}

}  // namespace confcast::store
