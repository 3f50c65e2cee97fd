#include "reader.hpp"

#include "disk_error.hpp"

namespace confcast::store {

Reader::Reader(std::shared_ptr<ReaderQueue> queue, StoreFile file, std::unique_ptr<Database> database,
               std::function<void()> on_end)
    : queue_(std::move(queue)), file_(std::move(file)), database_(std::move(database)), on_end_(std::move(on_end)) {
    log_ = std::make_unique<LogReader>(*database_);
    thread_ = std::thread([this] { run_thread(); });
}

Reader::~Reader() {
    queue_->jobs().stop();
    thread_.join();
}

void Reader::run_thread() {
    for (;;) {
        auto jobs = queue_->jobs().take(64, SIZE_MAX, true);
        if (jobs.empty()) break;
        for (auto& job : jobs) {
            run_job(*job);
            job->finish();
        }
    }
    log_.reset();
    database_.reset();
    on_end_();
}

void Reader::run_job(Job<LogReader>& job) {
    try {
        if (!log_) {
            database_ = file_.connect();
            log_ = std::make_unique<LogReader>(*database_);
        }
        const ReadTransaction transaction(*database_);
        job.run(*log_);
    } catch (const SqliteError& error) {
        job.fail(unavailable(sentence_of(error, file_.path)));
        // The next read tries again with a connection of its own.
        log_.reset();
        database_.reset();
    } catch (const std::exception& error) {
        if (log_) log_->tail().clear();  // memory may have ended in the middle of a row
        job.fail(Error(Errc::internal).with("reason", error.what()));
    }
}

}  // namespace confcast::store
