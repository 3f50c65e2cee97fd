// Structured logging. One line = level, component, message, fields. Never a value of a setting, never a token.
// The sink is asynchronous: a full queue drops the oldest line and counts it; the loop is never blocked by a terminal.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace confcast {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };
enum class LogFormat : std::uint8_t { text, json };

/// "debug", "info", … as on the command line; nullopt for any other word.
std::optional<LogLevel> log_level_from(std::string_view word);

struct LogField {
    std::string_view name;
    std::variant<std::int64_t, double, std::string_view> value;

    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, double v) : name(n), value(v) {}
    template <class Integer>
        requires std::is_integral_v<Integer>
    LogField(std::string_view n, Integer v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

/// Where lines go. Lives as long as the application; everybody holds a reference. Fields are read during the call only.
class Log {
  public:
    virtual ~Log() = default;

    bool enabled(LogLevel level) const { return level >= level_; }
    void set_level(LogLevel level) { level_ = level; }

    using Fields = std::initializer_list<LogField>;
    void debug(std::string_view component, std::string_view message, Fields f = {}) {
        put(LogLevel::debug, component, message, f);
    }
    void info(std::string_view component, std::string_view message, Fields f = {}) {
        put(LogLevel::info, component, message, f);
    }
    void warning(std::string_view component, std::string_view message, Fields f = {}) {
        put(LogLevel::warning, component, message, f);
    }
    void error(std::string_view component, std::string_view message, Fields f = {}) {
        put(LogLevel::error, component, message, f);
    }

    /// Lines lost because the sink could not keep up.
    virtual std::uint64_t dropped() const { return 0; }

  protected:
    virtual void write(LogLevel level, std::string_view component, std::string_view message, Fields fields) = 0;

  private:
    void put(LogLevel level, std::string_view component, std::string_view message, Fields fields) {
        if (enabled(level)) write(level, component, message, fields);
    }
    LogLevel level_ = LogLevel::info;
};

/// The server's log: stderr through an asynchronous sink. Thread-safe but for set_level.
std::unique_ptr<Log> make_stderr_log(LogFormat format, LogLevel level);

/// One line in the given format without its end; `time` is an RFC 3339 instant.
std::string format_line(LogFormat format, std::string_view time, LogLevel level, std::string_view component,
                        std::string_view message, Log::Fields fields);

/// A log that says nothing, for tests and tools.
class NullLog final : public Log {
  protected:
    void write(LogLevel, std::string_view, std::string_view, Fields) override {}
};

}  // namespace confcast
