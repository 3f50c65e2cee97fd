#include "tool.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace confcast::test {
namespace {

constexpr auto longest = std::chrono::seconds{60};

int code_of_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int wait_for(pid_t pid, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, &status, 0);
            throw std::runtime_error("the tool does not end");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return code_of_status(status);
}

std::filesystem::path fresh(const std::filesystem::path& directory, const char* what) {
    static std::atomic<int> number{0};
    return directory / (what + std::to_string(++number));
}

}  // namespace

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

Tool::Tool(std::string server) {
    set("CONFCAST_SERVER", server);
    set("HOME", home());
    set("XDG_CONFIG_HOME", home() / "config");
    set("PATH", std::filesystem::path(binary()).parent_path().string() + ":/usr/bin:/bin");
}

std::string Tool::address(const Server& server) {
    return server.endpoint().host + ':' + std::to_string(server.endpoint().port);
}

std::string Tool::binary() { return CONFCAST; }

pid_t Tool::start(const std::vector<std::string>& words, const std::filesystem::path& in,
                  const std::filesystem::path& out, const std::filesystem::path& error) const {
    std::vector<std::string> argv{binary()};
    argv.insert(argv.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : argv) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> lines;
    for (const auto& [name, value] : environment_) lines.push_back(name + '=' + value);
    std::vector<char*> variables;
    for (std::string& line : lines) variables.push_back(line.data());
    variables.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    pid_t pid = -1;
    const int problem = ::posix_spawn(&pid, argv[0].c_str(), &actions, nullptr, arguments.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) throw std::runtime_error("cannot start " + argv[0]);
    return pid;
}

Ended Tool::run(const std::vector<std::string>& words, const std::string& input) const {
    const auto in = fresh(home(), "in");
    const auto out = fresh(home(), "out");
    const auto error = fresh(home(), "error");
    write_file(in, input);
    const int code = wait_for(start(words, in, out, error), longest);
    return {code, read_file(out), read_file(error)};
}

Ended Tool::run_in_terminal(const std::vector<std::string>& words) const {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) throw std::runtime_error("no terminal");
    char name[128];
    if (::ptsname_r(terminal, name, sizeof name) != 0) throw std::runtime_error("no terminal");
    const pid_t pid = start(words, "/dev/null", name, name);
    Ended ended;
    char bytes[4096];
    // The last of the terminal's users ends the reading with EIO.
    for (ssize_t n = 0; (n = ::read(terminal, bytes, sizeof bytes)) > 0;)
        ended.out.append(bytes, static_cast<std::size_t>(n));
    ended.code = wait_for(pid, longest);
    ::close(terminal);
    return ended;
}

Tool::Running::Running(const Tool& tool, const std::vector<std::string>& words)
    : out_(fresh(tool.home(), "out")),
      error_(fresh(tool.home(), "error")),
      pid_(tool.start(words, "/dev/null", out_, error_)) {}

Tool::Running::~Running() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string Tool::Running::out() const { return read_file(out_); }
std::string Tool::Running::error() const { return read_file(error_); }
void Tool::Running::signal(int number) const { ::kill(pid_, number); }

Ended Tool::Running::wait(std::chrono::milliseconds limit) {
    const int code = wait_for(std::exchange(pid_, -1), limit);
    return {code, out(), error()};
}

}  // namespace confcast::test
