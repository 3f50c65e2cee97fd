// The queue, its thread and what happens when it is full are spdlog's; what a line is written to is ours, for a write
// that nobody takes must not keep the process from ending.
#include "confcast/base/line_sink.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>

#include "confcast/base/descriptor.hpp"

namespace confcast {
namespace {

constexpr std::size_t waiting_lines = 8'192;
constexpr std::size_t longest_line = 64U << 10U;  // that is kept in the buffer for the next
constexpr int look_again_ms = 50;
constexpr std::chrono::milliseconds patience{1'000};  // at the end, for a reader that takes nothing

/// Used by the sink's one thread but for give_up() and refused().
class Destination final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    Destination(std::unique_ptr<Descriptor> owned, LossLine loss_line)
        : owned_(std::move(owned)),
          file_(owned_ ? owned_->number() : STDERR_FILENO),
          loss_line_(std::move(loss_line)) {}

    /// Before the first line. `overrun` tells how many lines the queue has lost.
    void attach(std::function<std::uint64_t()> overrun) { overrun_ = std::move(overrun); }
    /// From now on a reader that takes nothing is waited for no longer than `patience`.
    void give_up() { ending_ = true; }
    std::uint64_t refused() const { return refused_; }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        say_what_is_lost();
        if (!write_line({message.payload.data(), message.payload.size()})) ++refused_;
    }
    void flush_() override {}
    void set_pattern_(const std::string& /*pattern*/) override {}
    void set_formatter_(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

  private:
    void say_what_is_lost() {
        if (!loss_line_) return;
        const std::uint64_t lost = overrun_() + refused_;
        if (lost == said_) return;
        if (write_line(loss_line_(lost - said_))) said_ = lost;
    }

    bool write_line(std::string_view line) {
        buffer_ = line;
        buffer_ += '\n';
        const bool written = write(buffer_);
        if (buffer_.capacity() > longest_line) buffer_ = {};
        return written;
    }

    // A pipe or a terminal that says it takes something takes so much at once.
    bool write(std::string_view rest) {
        while (!rest.empty()) {
            if (!wait_until_taken()) return false;
            const ssize_t n = ::write(file_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
            if (n > 0)
                rest.remove_prefix(static_cast<std::size_t>(n));
            else if (n < 0 && errno != EINTR && errno != EAGAIN)
                return false;
        }
        return true;
    }

    bool wait_until_taken() {
        auto waited = std::chrono::milliseconds{0};
        while (!gone_) {
            pollfd entry{file_, POLLOUT, 0};
            if (::poll(&entry, 1, look_again_ms) != 0) return true;  // errors are the write's to tell
            if (!ending_) continue;
            waited += std::chrono::milliseconds{look_again_ms};
            gone_ = waited >= patience;
        }
        return false;
    }

    std::unique_ptr<Descriptor> owned_;
    int file_;
    LossLine loss_line_;
    std::function<std::uint64_t()> overrun_;
    std::string buffer_;
    std::uint64_t said_ = 0;
    bool gone_ = false;  // nobody reads any more
    std::atomic<bool> ending_{false};
    std::atomic<std::uint64_t> refused_{0};
};

class AsyncSink final : public LineSink {
  public:
    explicit AsyncSink(std::shared_ptr<Destination> destination)
        : destination_(std::move(destination)), pool_(std::make_shared<Pool>(waiting_lines, 1)) {
        destination_->attach([&pool = *pool_] { return pool.overrun_counter(); });
        logger_ = std::make_shared<spdlog::async_logger>("lines", destination_, pool_,
                                                         spdlog::async_overflow_policy::overrun_oldest);
    }
    /// The thread is gone before the logger, which it uses to the last line.
    ~AsyncSink() override {
        destination_->give_up();
        pool_.reset();
    }
    AsyncSink(const AsyncSink&) = delete;
    AsyncSink& operator=(const AsyncSink&) = delete;

    void write(std::string_view line) override {
        logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
    std::uint64_t dropped() const override { return pool_->overrun_counter() + destination_->refused(); }

  private:
    using Pool = spdlog::details::thread_pool;

    std::shared_ptr<Destination> destination_;
    std::shared_ptr<Pool> pool_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

Result<std::unique_ptr<LineSink>> open_line_sink(const std::optional<std::filesystem::path>& path, LossLine loss_line) {
    std::unique_ptr<Descriptor> file;
    if (path) {
        file = std::make_unique<Descriptor>(*path, O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (!file->is_open())
            return Error(Errc::invalid_parameter)
                .with("reason", "cannot write " + path->string() + ": " + std::strerror(errno));
    }
    return std::unique_ptr<LineSink>(
        std::make_unique<AsyncSink>(std::make_shared<Destination>(std::move(file), std::move(loss_line))));
}

}  // namespace confcast
