// The one thread that writes. Everything that waits for it becomes one SQLite transaction and one fsync (group commit);
// each write keeps its own revision, compare results and answer. What the disk refuses fails the whole group, is rolled
// back, and is said to be absent only after looking.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "compaction.hpp"
#include "job.hpp"
#include "log_writer.hpp"
#include "loop_side.hpp"
#include "store_file.hpp"

namespace confcast::store {

struct WriterLimits {
    std::size_t group = 1'024;
    std::size_t group_bytes = 16U << 20U;
    std::size_t tail = 16'384;           // rows: from then on it is moved into the key index …
    std::size_t tail_bytes = 8U << 20U;  // … or so many bytes of keys
    std::size_t index_slice = 256;       // rows, at least, that a group of writes moves
    QueueLimits queue;
};

class Writer {
  public:
    /// `before_close` and `on_end` are called on the thread: before it closes its connection, and as its last act.
    Writer(Executor executor, StoreFile file, std::unique_ptr<Database> database, WriterLimits limits,
           std::shared_ptr<LoopSide> side, std::function<void()> before_close, std::function<void()> on_end);
    /// Waits for what is queued.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Queues work for a coroutine. Error: store_unavailable when too much waits, shutting_down after stop().
    template <class T, class Work>
    Awaitable<Result<T>> ask(std::size_t bytes, Work work) {
        return store::ask<T>(executor_, queue_, too_much, bytes, std::move(work));
    }
    /// Queues the store's own work, whatever waits.
    template <class T, class Work, class Handler>
    void submit(Work work, Handler handler) {
        store::submit<T>(executor_, queue_, too_much, 0, true, std::move(work), std::move(handler));
    }
    void stop() { queue_.stop(); }

  private:
    static constexpr const char* too_much = "Too many writes wait for the disk: try again shortly.";

    void run_thread();
    void run_group(std::vector<std::unique_ptr<Job<LogWriter>>> jobs);
    void commit_group(GroupReport& report, bool& committing);
    /// Moves a part of the tail into the key index when it is long, or when scrubbing needs that; true when there is
    /// more to move.
    bool index_some(bool needed, bool alone);
    /// Rolls back and finds out what the group's callers may be told.
    Error settle(const SqliteError& error, bool committing);
    bool surely_absent(const SqliteError& error);
    void connect();
    void drop_connection();
    void checkpoint_when_due();

    Executor executor_;
    StoreFile file_;
    WriterLimits limits_;
    std::shared_ptr<LoopSide> side_;
    std::function<void()> before_close_;
    std::function<void()> on_end_;
    JobQueue<LogWriter> queue_;

    std::unique_ptr<Database> database_;
    std::unique_ptr<LogWriter> log_;
    std::unique_ptr<Scrubber> scrubber_;
    Revision published_;        // the loop knows everything up to here
    bool scrub_wanted_ = true;  // a crash may have left something
    bool scrub_paused_ = false;
    bool index_wanted_ = false;
    int checkpoint_at_;
    int wal_pages_seen_ = 0;
    std::thread thread_;
};

}  // namespace confcast::store
