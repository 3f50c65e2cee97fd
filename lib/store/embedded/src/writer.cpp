#include "writer.hpp"

#include <algorithm>
#include <iterator>

#include "disk_error.hpp"

namespace confcast::store {
namespace {

constexpr std::int64_t slice_beside_writes = 64;  // rows that compaction looks at in a group with writes
constexpr std::int64_t slice_alone = 512;
// A group of writes moves so many times the rows that it adds: the tail grows by a quarter at most while it is moved.
constexpr std::size_t index_times = 4;
constexpr int checkpoint_pages = 1'000;    // 4 MB of log: copied into the database when nobody waits …
constexpr int checkpoint_at_last = 8'000;  // … and from here on even when somebody does

}  // namespace

Writer::Writer(Executor executor, StoreFile file, std::unique_ptr<Database> database, WriterLimits limits,
               std::shared_ptr<LoopSide> side, std::function<void()> before_close, std::function<void()> on_end)
    : executor_(executor),
      file_(std::move(file)),
      limits_(limits),
      side_(std::move(side)),
      before_close_(std::move(before_close)),
      on_end_(std::move(on_end)),
      queue_(limits.queue),
      database_(std::move(database)),
      published_(side_->hub.head()),
      checkpoint_at_(checkpoint_pages) {
    log_ = std::make_unique<LogWriter>(*database_);
    scrubber_ = std::make_unique<Scrubber>(log_->reader());
    thread_ = std::thread([this] { run_thread(); });
}

Writer::~Writer() {
    queue_.stop();
    thread_.join();
}

void Writer::run_thread() {
    for (;;) {
        const bool more = (scrub_wanted_ || index_wanted_) && !scrub_paused_ && !queue_.stopped();
        auto jobs = queue_.take(limits_.group, limits_.group_bytes, !more);
        if (jobs.empty() && !more) break;
        run_group(std::move(jobs));
        checkpoint_when_due();
    }
    before_close_();
    drop_connection();
    on_end_();
}

void Writer::run_group(std::vector<std::unique_ptr<Job<LogWriter>>> jobs) {
    GroupReport report;
    report.jobs = std::move(jobs);
    bool committing = false;
    std::optional<Error> failure;
    try {
        commit_group(report, committing);
        scrub_paused_ = false;
    } catch (const SqliteError& error) {
        failure = settle(error, committing);
        report.problem = sentence_of(error, file_.path);
    } catch (const std::exception& error) {
        if (log_) log_->rollback();
        failure = Error(Errc::internal).with("reason", error.what());
        report.problem = std::string("A write failed inside the server: ") + error.what() + ".";
    }
    if (failure) {
        scrub_paused_ = true;
        report.changes.clear();
        report.oldest.reset();
        for (auto& job : report.jobs) job->fail(*failure);
    }
    report.scrubbing = scrub_wanted_ && !scrub_paused_;
    asio::post(executor_, [side = side_, told = std::move(report)]() mutable { side->on_group(std::move(told)); });
}

void Writer::commit_group(GroupReport& report, bool& committing) {
    const auto began = std::chrono::steady_clock::now();
    connect();
    log_->begin();
    if (log_->head() > published_) {
        // A commit that was said to have failed is there after all: watches learn of it like of any other.
        auto missed = log_->reader().history({}, published_ + 1, log_->head(), {SIZE_MAX, SIZE_MAX});
        if (missed) report.changes = std::move(missed->batches);
    }
    for (auto& job : report.jobs) job->run(*log_);
    bool more = scrub_wanted_ || log_->oldest_moved();
    const bool alone = report.jobs.empty();
    const bool blind = more && scrubber_->wants_index();
    const bool unindexed = index_some(blind, alone);
    if (more && !blind) more = scrubber_->run_slice(alone ? slice_alone : slice_beside_writes);
    committing = true;
    const auto prepared = std::chrono::steady_clock::now();
    log_->commit();
    report.prepare_took = prepared - began;
    report.commit_took = std::chrono::steady_clock::now() - prepared;
    committing = false;
    scrub_wanted_ = more;
    index_wanted_ = unindexed;
    published_ = log_->head();
    if (log_->oldest_moved()) report.oldest = log_->reader().oldest();
    auto changes = log_->take_changes();
    std::move(changes.begin(), changes.end(), std::back_inserter(report.changes));
}

bool Writer::index_some(bool needed, bool alone) {
    const Tail& tail = log_->reader().tail();
    const bool long_enough = tail.rows() >= limits_.tail || tail.key_bytes() >= limits_.tail_bytes;
    if (!needed && !log_->indexing() && !long_enough) return false;
    // Nobody waits for a group without writes, but somebody may come while it is on its way to the disk.
    const auto least = alone ? 4 * limits_.index_slice : limits_.index_slice;
    return log_->run_index_slice(std::max(least, index_times * log_->rows_added()));
}

Error Writer::settle(const SqliteError& error, bool committing) {
    const auto reason = sentence_of(error, file_.path);
    if (log_) log_->rollback();
    const bool absent = !committing || surely_absent(error);
    if (wants_new_connection(error)) drop_connection();
    return absent ? unavailable(reason) : Error(Errc::outcome_unknown).with("reason", reason);
}

bool Writer::surely_absent(const SqliteError& error) {
    try {
        if (log_->reader().head() > published_) return false;
        if (!leaves_doubt(error)) return true;
        // Another commit in the same place of the write-ahead log overwrites what the failed one may have left there.
        log_->begin();
        log_->probe();
        log_->commit();
        return true;
    } catch (const SqliteError&) {
        log_->rollback();
        return false;
    }
}

void Writer::connect() {
    if (log_) return;
    database_ = file_.connect();
    log_ = std::make_unique<LogWriter>(*database_);
    scrubber_ = std::make_unique<Scrubber>(log_->reader());
}

void Writer::drop_connection() {
    scrubber_.reset();
    log_.reset();
    database_.reset();
}

void Writer::checkpoint_when_due() {
    if (!database_) return;
    const int pages = database_->wal_pages();
    if (pages < wal_pages_seen_) checkpoint_at_ = checkpoint_pages;  // the log has begun anew
    wal_pages_seen_ = pages;
    if (pages < checkpoint_at_ || (pages < checkpoint_at_last && !queue_.empty())) return;
    checkpoint_at_ = pages + checkpoint_pages;
    try {
        database_->checkpoint();
    } catch (const SqliteError& error) {
        // Nothing is lost: what is committed stays in the write-ahead log, and the next try copies it.
        asio::post(executor_,
                   [side = side_, reason = sentence_of(error, file_.path)] { side->on_checkpoint_failed(reason); });
    }
}

}  // namespace confcast::store
