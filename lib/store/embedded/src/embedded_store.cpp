#include <boost/asio/post.hpp>
#include <latch>

#include "compaction.hpp"
#include "confcast/store/embedded.hpp"
#include "disk_error.hpp"
#include "loop_side.hpp"
#include "reader.hpp"
#include "store_file.hpp"
#include "watch_cursor.hpp"
#include "writer.hpp"

namespace confcast::store {
namespace {

constexpr std::chrono::milliseconds housekeeping{500};
constexpr std::int64_t max_ttl_s = 9'000'000'000;

std::size_t bytes_of(const Transaction& transaction) {
    std::size_t bytes = 0;
    for (const auto& compare : transaction.compares) bytes += compare.key.size();
    for (const auto& put : transaction.puts) bytes += put.key.size() + put.value.size();
    for (const auto& key : transaction.deletes) bytes += key.size();
    return bytes;
}

/// Keeps the loop's part, the two threads and the lock together; each call is handed to whom it concerns.
class SqliteStore final : public EmbeddedStore {
  public:
    SqliteStore(Executor executor, EmbeddedOptions options, const Clock& clock, DirectoryLock lock, StoreFile file,
                std::shared_ptr<LoopSide> side)
        : options_(std::move(options)),
          clock_(clock),
          lock_(std::move(lock)),
          file_(std::move(file)),
          side_(std::move(side)),
          timer_(executor),
          next_retention_(clock.now() + options_.retention_interval) {
        auto on_end = [executor, shared = side_] { asio::post(executor, [shared] { shared->on_thread_end(); }); };
        // The last connection to close empties the write-ahead log; two that close at once both leave it to the other.
        auto reader_closed = std::make_shared<std::latch>(1);
        read_queue_ = std::make_shared<ReaderQueue>(executor, options_.max_queued_reads);
        reader_ = std::make_unique<Reader>(read_queue_, file_, file_.connect(), [reader_closed, on_end] {
            reader_closed->count_down();
            on_end();
        });
        const WriterLimits limits{.group = std::max<std::size_t>(1, options_.max_group),
                                  .tail = options_.max_tail,
                                  .tail_bytes = options_.max_tail_bytes,
                                  .index_slice = std::max<std::size_t>(1, options_.index_slice),
                                  .queue = {options_.max_queued_writes, options_.max_queued_bytes}};
        writer_ = std::make_unique<Writer>(
            executor, file_, file_.connect(), limits, side_, [reader_closed] { reader_closed->wait(); }, on_end);
        arm();
    }
    ~SqliteStore() override { begin_close(); }

    Awaitable<Result<Status>> status() override {
        auto asked = read_queue_->ask<Status>([file = file_](LogReader& log) -> Result<Status> {
            Status status;
            status.epoch = file.identity.epoch;
            status.revision = log.head();
            status.oldest = log.oldest();
            status.size_bytes = file.size_bytes();
            status.version = std::string("sqlite ") + sqlite3_libversion();
            return status;
        });
        const auto side = side_;
        auto status = co_await std::move(asked);
        if (status) status->problem = side->problem;
        co_return status;
    }

    Awaitable<Result<RangeResult>> range(RangeRequest request) override {
        auto asked = read_queue_->ask<RangeResult>(
            [request = std::move(request)](LogReader& log) { return log.range(request); });
        co_return co_await std::move(asked);
    }

    Awaitable<Result<TransactionResult>> commit(Transaction transaction) override {
        const auto sound = check_transaction(transaction);
        if (!sound) co_return sound.error();
        const auto bytes = bytes_of(transaction);
        auto asked =
            writer_->ask<TransactionResult>(bytes, [asked = std::move(transaction), now = wall_ms()](
                                                       LogWriter& log) mutable { return log.apply(asked, now); });
        co_return co_await std::move(asked);
    }

    Awaitable<Result<std::unique_ptr<WatchStream>>> watch(WatchRequest request) override {
        if (side_->hub.ended()) co_return Error(Errc::shutting_down);
        if (request.start <= side_->hub.oldest()) co_return Error(Errc::compacted).with("oldest", side_->hub.oldest());
        co_return make_watch({side_, &side_->hub}, read_queue_, std::move(request));
    }

    Awaitable<Result<>> compact(Revision revision) override {
        auto asked = writer_->ask<void>(0, [revision](LogWriter& log) { return log.set_oldest(revision); });
        co_return co_await std::move(asked);
    }

    Awaitable<Result<Lease>> grant(std::int64_t ttl_s) override {
        if (ttl_s < 1 || ttl_s > max_ttl_s)
            co_return Error(Errc::invalid_parameter).with("parameter", "ttl").with("reason", "1 .. 9000000000 seconds");
        auto asked = writer_->ask<Lease>(0, [ttl_s](LogWriter& log) { return log.grant(ttl_s); });
        const auto side = side_;
        auto lease = co_await std::move(asked);
        if (lease) side->leases.start(*lease);
        co_return lease;
    }

    Awaitable<Result<Lease>> keep_alive(LeaseId id) override {
        if (side_->hub.ended()) co_return Error(Errc::shutting_down);
        const auto lease = side_->leases.keep_alive(id);
        if (!lease) co_return Error(Errc::lease_not_found).with("lease", id);
        co_return *lease;
    }

    Awaitable<Result<>> revoke(LeaseId id) override {
        auto asked = writer_->ask<void>(0, [id, now = wall_ms()](LogWriter& log) { return log.end_lease(id, now); });
        const auto side = side_;
        auto ended = co_await std::move(asked);
        if (ended) side->leases.forget(id);
        co_return ended;
    }

    Awaitable<> close() override {
        begin_close();
        while (side_->threads_ended < 2) co_await side_->thread_ended.wait();
        lock_.release();  // both threads have closed their connections
    }

    EmbeddedStats stats() const override { return side_->stats; }
    const Histogram& group_sizes() const override { return side_->group_sizes; }
    const Histogram& prepare_seconds() const override { return side_->prepare_seconds; }
    const Histogram& commit_seconds() const override { return side_->commit_seconds; }

    Awaitable<> tick() override {
        housekeep();
        const auto side = side_;
        do {
            auto asked = writer_->ask<void>(0, [](LogWriter&) { return Result<>{}; });
            const auto done = co_await std::move(asked);
            if (!done) co_return;
        } while (side->scrubbing);
    }

  private:
    std::int64_t wall_ms() const {
        const auto since = clock_.wall().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    }

    void begin_close() {
        alive_.reset();
        timer_.cancel();
        side_->hub.end();
        if (writer_) writer_->stop();
        read_queue_->jobs().stop();
    }

    void arm() {
        timer_.expires_after(housekeeping);
        // The token, not the error code: a timer that has fired already cannot be cancelled any more.
        timer_.async_wait([this, token = std::weak_ptr<int>(alive_)](boost::system::error_code error) {
            if (error || token.expired()) return;
            housekeep();
            arm();
        });
    }

    void housekeep() {
        end_due_leases();
        if (clock_.now() >= next_retention_) retain();
        if (!side_->problem.empty()) {
            auto probe = [](LogWriter& log) {
                log.probe();
                return Result<>{};
            };
            writer_->submit<void>(probe, [](const Result<>&) {});
        }
    }

    void end_due_leases() {
        auto due = side_->leases.take_due();
        if (due.empty()) return;
        auto work = [due, now = wall_ms()](LogWriter& log) {
            for (const LeaseId id : due) [[maybe_unused]]
                const auto gone_already = log.end_lease(id, now);
            return Result<>{};
        };
        auto told = [side = side_, due](const Result<>& done) {
            for (const LeaseId id : due) done ? side->leases.forget(id) : side->leases.back_to_due(id);
            if (done) side->stats.leases_expired += due.size();
        };
        writer_->submit<void>(std::move(work), std::move(told));
    }

    void retain() {
        next_retention_ = clock_.now() + options_.retention_interval;
        const Retention rules{options_.retention_age, options_.retention_revisions};
        auto work = [rules, now = wall_ms()](LogWriter& log) {
            const auto target = retention_target(log.reader(), rules, now);
            return target ? log.set_oldest(*target) : Result<>{};
        };
        writer_->submit<void>(work, [](const Result<>&) {});
    }

    EmbeddedOptions options_;
    const Clock& clock_;
    DirectoryLock lock_;
    StoreFile file_;
    std::shared_ptr<LoopSide> side_;
    SteadyTimer timer_;
    SteadyTime next_retention_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    std::shared_ptr<ReaderQueue> read_queue_;
    std::unique_ptr<Reader> reader_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(Executor executor, EmbeddedOptions options,
                                                           const Clock& clock, Log& log) {
    if (const auto made = make_directory(options.directory); !made) return made.error();
    auto lock = DirectoryLock::take(options.directory);
    if (!lock) return lock.error();
    auto file = find_or_make(options.directory, options.vfs, options.synchronous_full);
    if (!file) return file.error();
    try {
        const auto database = file->connect();
        LogReader reader(*database);
        const RingLimits ring{options.watch_revisions, options.watch_bytes};
        auto side = std::make_shared<LoopSide>(executor, file->identity, reader.head(), ring, clock, log);
        for (const auto& lease : read_leases(*database)) side->leases.start(lease);
        log.info("store", "open",
                 {{"path", file->path}, {"revision", side->hub.head()}, {"oldest", side->hub.oldest()}});
        return std::unique_ptr<EmbeddedStore>(std::make_unique<SqliteStore>(
            executor, std::move(options), clock, std::move(*lock), std::move(*file), std::move(side)));
    } catch (const SqliteError& error) {
        return unavailable(sentence_of(error, file->path));
    }
}

}  // namespace confcast::store
