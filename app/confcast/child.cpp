#include "child.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "stop.hpp"

namespace confcast::cli {
namespace {

// A file without a name: a command that does not read its input blocks nobody.
int open_input(const std::string& bytes) {
    const int file = ::memfd_create("value", MFD_CLOEXEC);
    std::size_t written = 0;
    while (file >= 0 && written < bytes.size()) {
        const ssize_t n = ::write(file, bytes.data() + written, bytes.size() - written);
        if (n <= 0) break;
        written += static_cast<std::size_t>(n);
    }
    if (file < 0 || written < bytes.size() || ::lseek(file, 0, SEEK_SET) != 0)
        throw Stop{Exit::failed, std::string("cannot pass the value on: ") + std::strerror(errno)};
    return file;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

Child::Child(const std::vector<std::string>& argv, const std::vector<std::pair<std::string, std::string>>& variables,
             const std::string& input, ChildSetup setup)
    : with_group_(setup.with_group) {
    std::vector<std::string> words = argv;
    std::vector<std::string> environment;
    for (char** one = ::environ; *one != nullptr; ++one) {
        const std::string_view text = *one;
        bool replaced = false;
        for (const auto& [name, value] : variables)
            replaced = replaced || (text.starts_with(name) && text.substr(name.size()).starts_with('='));
        if (!replaced) environment.emplace_back(text);
    }
    for (const auto& [name, value] : variables) environment.emplace_back(name).append("=").append(value);
    const int file = open_input(input);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
    if (setup.output) {
        ::posix_spawn_file_actions_adddup2(&actions, *setup.output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, *setup.output, STDERR_FILENO);
    }
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);  // this program ignores it; what it starts should not
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes,
                               static_cast<short>(POSIX_SPAWN_SETSIGDEF | (with_group_ ? POSIX_SPAWN_SETPGROUP : 0)));
    const int problem = ::posix_spawnp(&pid_, words.front().c_str(), &actions, &attributes, pointers(words).data(),
                                       pointers(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(file);
    if (problem != 0) {
        pid_ = -1;
        throw Stop{Exit::usage, "cannot run " + argv.front() + ": " + std::strerror(problem)};
    }
}

Child::~Child() {
    if (pid_ < 0) return;
    if (with_group_) {
        end_group();
        return;
    }
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

void Child::end_group() {
    const pid_t group = pid_;
    ::kill(-group, SIGTERM);
    for (int looks = 0; looks < 50 && !ended(); ++looks) ::usleep(20'000);
    ::kill(-group, SIGKILL);
    if (pid_ >= 0) ::waitpid(pid_, nullptr, 0);
}

std::optional<int> Child::ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return std::nullopt;
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace confcast::cli
