#include "confcast/base/line_sink.hpp"

#include <fcntl.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace confcast {
namespace {

constexpr std::size_t waiting_lines = 8'192;

class AsyncSink final : public LineSink {
  public:
    explicit AsyncSink(const spdlog::sink_ptr& sink)
        : pool_(std::make_shared<spdlog::details::thread_pool>(waiting_lines, 1)),
          logger_(std::make_shared<spdlog::async_logger>("lines", sink, pool_,
                                                         spdlog::async_overflow_policy::overrun_oldest)) {
        logger_->set_pattern("%v");
        logger_->flush_on(spdlog::level::trace);
    }
    /// Writes what waits. The thread is gone before the logger, which it uses to the last line.
    ~AsyncSink() override { pool_.reset(); }
    AsyncSink(const AsyncSink&) = delete;
    AsyncSink& operator=(const AsyncSink&) = delete;

    void write(std::string_view line) override {
        logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
    std::uint64_t dropped() const override { return pool_->overrun_counter(); }

  private:
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

Result<std::unique_ptr<LineSink>> open_line_sink(const std::optional<std::filesystem::path>& path) {
    if (!path)
        return std::unique_ptr<LineSink>(
            std::make_unique<AsyncSink>(std::make_shared<spdlog::sinks::stderr_sink_st>()));
    // Made here, so that it is nobody else's to read; the sink only opens what is there.
    const int file = ::open(path->c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return Error(Errc::invalid_parameter)
            .with("reason", "cannot write " + path->string() + ": " + std::strerror(errno));
    ::close(file);
    try {
        return std::unique_ptr<LineSink>(
            std::make_unique<AsyncSink>(std::make_shared<spdlog::sinks::basic_file_sink_st>(path->string())));
    } catch (const spdlog::spdlog_ex& e) {
        return Error(Errc::invalid_parameter).with("reason", e.what());
    }
}

}  // namespace confcast
