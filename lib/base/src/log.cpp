#include "confcast/base/log.hpp"

#include "confcast/base/line_sink.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

#include "confcast/base/utf8.hpp"

namespace confcast {
namespace {

constexpr std::string_view level_names[] = {"trace", "debug", "info", "warning", "error", "off"};

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

void append_quoted(std::string& out, std::string_view text) {
    // Keys that were written by hand may hold any bytes; a line may not.
    if (!is_valid_utf8(text)) return append_quoted(out, escape_invalid_utf8(text));
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

void append_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";  // JSON has no word for it
        return;
    }
    char digits[40];
    auto made = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 3);
    // Too large for a fixed form of a sane length: the shortest that says the same.
    if (made.ec != std::errc{}) made = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, made.ptr);
}

bool plain(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7F || c == '"' || c == '=' || c == '\\') return false;
    }
    return is_valid_utf8(text);
}

void append_value(std::string& out, const LogField& field, LogFormat format) {
    if (const auto* n = std::get_if<std::int64_t>(&field.value)) {
        out += std::to_string(*n);
    } else if (const auto* d = std::get_if<double>(&field.value)) {
        append_number(out, *d);
    } else {
        const auto text = std::get<std::string_view>(field.value);
        if (format == LogFormat::text && plain(text))
            out += text;
        else
            append_quoted(out, text);
    }
}

std::string now_rfc3339() {
    const auto now = std::chrono::system_clock::now();
    const auto seconds = std::chrono::system_clock::to_time_t(now);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const auto n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::string out(text, n);
    const std::string fraction = std::to_string(1000 + ms);
    return out + "." + fraction.substr(1) + "Z";
}

class StderrLog final : public Log {
  public:
    StderrLog(LogFormat format, LogLevel level)
        : format_(format), sink_(*open_line_sink(std::nullopt, [format](std::uint64_t lost) {
              return format_line(format, now_rfc3339(), LogLevel::warning, "log",
                                 "lines are missing here: nobody took them in time", {{"lost", lost}});
          })) {
        set_level(level);
    }

    std::uint64_t dropped() const override { return sink_->dropped(); }

  protected:
    void write(LogLevel level, std::string_view component, std::string_view message, Fields fields) override {
        sink_->write(format_line(format_, now_rfc3339(), level, component, message, fields));
    }

  private:
    LogFormat format_;
    std::unique_ptr<LineSink> sink_;
};

}  // namespace

std::optional<LogLevel> log_level_from(std::string_view word) {
    for (std::size_t i = 0; i < std::size(level_names); ++i)
        if (level_names[i] == word) return static_cast<LogLevel>(i);
    return std::nullopt;
}

std::string format_line(LogFormat format, std::string_view time, LogLevel level, std::string_view component,
                        std::string_view message, Log::Fields fields) {
    std::string out;
    out.reserve(160);
    if (format == LogFormat::json) {
        out += R"({"time":")";
        out += time;
        out += R"(","level":")";
        out += name_of(level);
        out += R"(","component":)";
        append_quoted(out, component);
        out += R"(,"message":)";
        append_quoted(out, message);
        for (const LogField& field : fields) {
            out += ',';
            append_quoted(out, field.name);
            out += ':';
            append_value(out, field, format);
        }
        out += '}';
        return out;
    }
    out += time;
    out += ' ';
    out += name_of(level);
    out.append(8 - std::min<std::size_t>(7, name_of(level).size()), ' ');
    out += component;
    out += ": ";
    out += message;
    for (const LogField& field : fields) {
        out += ' ';
        out += field.name;
        out += '=';
        append_value(out, field, format);
    }
    return out;
}

std::unique_ptr<Log> make_stderr_log(LogFormat format, LogLevel level) {
    return std::make_unique<StderrLog>(format, level);
}

}  // namespace confcast
