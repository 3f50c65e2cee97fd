#include "shell_command.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "../child.hpp"
#include "../stop.hpp"
#include "units.hpp"

namespace confcast::cli::templates {
namespace {

constexpr std::chrono::milliseconds look_at_child{20};
constexpr off_t most_output = 1 << 20;
constexpr off_t shown_output = 4096;

/// A file without a name that takes what a command prints: nobody has to read while it runs.
class Output {
  public:
    Output() : file_(::memfd_create("output", MFD_CLOEXEC)) {
        // Behind one another, and at the beginning again after it was emptied.
        if (file_ < 0 || ::fcntl(file_, F_SETFL, O_APPEND) != 0)  // NOLINT(cppcoreguidelines-pro-type-vararg)
            throw Stop{Exit::failed, std::string("cannot keep what a command prints: ") + std::strerror(errno)};
    }
    ~Output() { ::close(file_); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    int file() const { return file_; }
    off_t size() const { return ::lseek(file_, 0, SEEK_END); }
    void keep_small() const {
        if (size() > most_output && ::ftruncate(file_, 0) != 0) return;
    }
    std::string tail() const {
        std::array<char, shown_output> bytes{};
        const off_t from = size() > shown_output ? size() - shown_output : 0;
        const ssize_t got = ::pread(file_, bytes.data(), bytes.size(), from);
        return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

  private:
    int file_;
};

std::string last_line_of(std::string_view text) {
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return "";
    text = text.substr(0, end + 1);
    return std::string(text.substr(text.rfind('\n') + 1));
}

bool is_plain(char c) {
    constexpr std::string_view marks = "/._-+@%,=";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

std::string quoted(const std::string& path) {
    bool plain = !path.empty();
    for (const char c : path) plain = plain && is_plain(c);
    if (plain) return path;
    std::string out = "'";
    for (const char c : path)
        if (c == '\'')
            out += R"('\'')";
        else
            out += c;
    return out + '\'';
}

}  // namespace

Ended run_command(const ShellCommand& command, const Turn& turn) {
    const Output output;
    ChildSetup setup;
    setup.with_group = true;
    if (command.keep_output) setup.output = output.file();
    const SteadyTime end = std::chrono::steady_clock::now() + command.limit;
    Child child({"/bin/sh", "-c", command.text}, command.variables, "", setup);
    Ended ended;
    std::optional<int> code;
    while (!(code = child.ended())) {
        const SteadyTime now = std::chrono::steady_clock::now();
        if (now >= end) break;
        output.keep_small();
        turn(std::min(end, now + look_at_child));
    }
    ended.well = code == 0;
    ended.how = code ? "ended with " + std::to_string(*code) : "was still running after " + app::to_text(command.limit);
    ended.output = output.tail();
    ended.last_line = last_line_of(ended.output);
    return ended;
}

std::string with_path(std::string_view command, const std::filesystem::path& path) {
    std::string out;
    for (std::size_t at = 0; at < command.size();) {
        const std::size_t braces = std::min(command.find("{}", at), command.size());
        out += command.substr(at, braces - at);
        at = braces;
        if (at == command.size()) break;
        out += quoted(path.string());
        at += 2;
    }
    return out;
}

}  // namespace confcast::cli::templates
