// Reads the log away from the loop: one thread with a connection of its own. A read sees every write that was
// acknowledged before it was asked, since SQLite's snapshot is taken later than that.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "job.hpp"
#include "log_reader.hpp"
#include "store_file.hpp"

namespace confcast::store {

/// The loop's end of the reader; outlives the thread.
class ReaderQueue {
  public:
    ReaderQueue(Executor executor, std::size_t max_jobs) : executor_(executor), queue_({max_jobs, SIZE_MAX}) {}

    template <class T, class Work>
    Awaitable<Result<T>> ask(Work work) {
        return store::ask<T>(executor_, queue_, "Too many reads wait for the store: try again shortly.", 0,
                             std::move(work));
    }
    JobQueue<LogReader>& jobs() { return queue_; }

  private:
    Executor executor_;
    JobQueue<LogReader> queue_;
};

class Reader {
  public:
    /// `on_end` is called on the thread as its last act.
    Reader(std::shared_ptr<ReaderQueue> queue, StoreFile file, std::unique_ptr<Database> database,
           std::function<void()> on_end);
    /// Waits for what is queued.
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

  private:
    void run_thread();
    void run_job(Job<LogReader>& job);

    std::shared_ptr<ReaderQueue> queue_;
    StoreFile file_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<LogReader> log_;
    std::function<void()> on_end_;
    std::thread thread_;
};

}  // namespace confcast::store
