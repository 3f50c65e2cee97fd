// The hand-over between the loop and a thread: a Job is work for the thread and the caller who waits for its answer on
// the loop; a JobQueue carries jobs one way, asio::post the answers the other. The only place with a lock.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"

namespace confcast::store {

template <class Context>
class Job {
  public:
    explicit Job(std::size_t bytes) : bytes_(bytes) {}
    virtual ~Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    /// On the thread.
    virtual void run(Context& context) = 0;
    /// Replaces whatever run() answered.
    virtual void fail(const Error& error) = 0;
    /// Sends the answer to the loop; any thread. Answers arrive in the order of these calls.
    virtual void finish() = 0;
    std::size_t bytes() const { return bytes_; }

  private:
    std::size_t bytes_;
};

template <class Context, class T, class Work, class Handler>
class JobOf final : public Job<Context> {
  public:
    JobOf(Executor executor, std::size_t bytes, Work work, Handler handler)
        : Job<Context>(bytes), work_(std::move(work)), handler_(std::move(handler)), busy_(executor) {}

    void run(Context& context) override { result_.emplace(work_(context)); }
    void fail(const Error& error) override { result_.emplace(error); }
    void finish() override {
        auto answer = [handler = std::move(handler_), result = std::move(*result_)]() mutable {
            std::move(handler)(std::move(result));
        };
        asio::post(busy_.get_executor(), std::move(answer));
    }

  private:
    Work work_;
    Handler handler_;
    std::optional<Result<T>> result_{Error(Errc::internal)};
    asio::executor_work_guard<Executor> busy_;  // the loop does not run empty while somebody waits
};

struct QueueLimits {
    std::size_t jobs = 0;
    std::size_t bytes = 0;
};

template <class Context>
class JobQueue {
  public:
    using Pointer = std::unique_ptr<Job<Context>>;
    enum class Push { taken, full, stopped };

    explicit JobQueue(QueueLimits limits) : limits_(limits) {}

    /// Leaves `job` where it is unless it was taken. The house's own jobs are always let in until stop().
    Push push(Pointer& job, bool own) {
        {
            const std::lock_guard guard(mutex_);
            if (stopped_) return Push::stopped;
            if (!own && (jobs_.size() >= limits_.jobs || bytes_ + job->bytes() > limits_.bytes)) return Push::full;
            bytes_ += job->bytes();
            jobs_.push_back(std::move(job));
        }
        changed_.notify_one();
        return Push::taken;
    }

    /// Up to `most` jobs of up to `bytes` together (one at least), in order; waits for the first when `wait`. Nothing:
    /// there is none, and with `wait` there will never be one again.
    std::vector<Pointer> take(std::size_t most, std::size_t bytes, bool wait) {
        std::vector<Pointer> taken;
        std::unique_lock guard(mutex_);
        if (wait) changed_.wait(guard, [this] { return stopped_ || !jobs_.empty(); });
        std::size_t sum = 0;
        while (!jobs_.empty() && taken.size() < most) {
            sum += jobs_.front()->bytes();
            if (!taken.empty() && sum > bytes) break;
            bytes_ -= jobs_.front()->bytes();
            taken.push_back(std::move(jobs_.front()));
            jobs_.pop_front();
        }
        return taken;
    }

    bool empty() const {
        const std::lock_guard guard(mutex_);
        return jobs_.empty();
    }
    bool stopped() const {
        const std::lock_guard guard(mutex_);
        return stopped_;
    }
    /// What is in it is still taken; nothing more comes in.
    void stop() {
        {
            const std::lock_guard guard(mutex_);
            stopped_ = true;
        }
        changed_.notify_one();
    }

  private:
    const QueueLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Pointer> jobs_;
    std::size_t bytes_ = 0;
    bool stopped_ = false;
};

/// Called on the loop: queues `work` (Context& -> Result<T>) and has `handler` (Result<T>) called on the loop.
template <class T, class Context, class Work, class Handler>
void submit(Executor executor, JobQueue<Context>& queue, const char* when_full, std::size_t bytes, bool own, Work work,
            Handler handler) {
    using Made = JobOf<Context, T, Work, Handler>;
    std::unique_ptr<Job<Context>> job = std::make_unique<Made>(executor, bytes, std::move(work), std::move(handler));
    const auto pushed = queue.push(job, own);
    if (pushed == JobQueue<Context>::Push::taken) return;
    job->fail(pushed == JobQueue<Context>::Push::stopped ? Error(Errc::shutting_down)
                                                         : Error(Errc::store_unavailable).with("reason", when_full));
    job->finish();
}

/// The same for a coroutine.
template <class T, class Context, class Work>
Awaitable<Result<T>> ask(Executor executor, JobQueue<Context>& queue, const char* when_full, std::size_t bytes,
                         Work work) {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Result<T>)>(
        [](auto handler, Executor on, JobQueue<Context>* into, const char* full, std::size_t size, Work todo) {
            submit<T>(on, *into, full, size, false, std::move(todo), std::move(handler));
        },
        use_awaitable, executor, &queue, when_full, bytes, std::move(work));
}

}  // namespace confcast::store
