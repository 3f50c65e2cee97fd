// A program started by a test: its output goes to a file, and it never outlives the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace confcast::test {

class ChildProcess {
  public:
    /// Starts argv[0] with the rest as its arguments; standard output and error are appended to `log`. Should the
    /// thread that starts it die, the kernel kills it. Throws std::system_error when it cannot be started.
    ChildProcess(std::vector<std::string> argv, std::filesystem::path log);
    /// Kills it when it still runs.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }
    /// After SIGSTOP it stands still when this returns.
    void signal(int number) const;
    /// Its exit code, or 128 + the signal that ended it; nullopt when it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);
    /// What it has printed so far.
    std::string output() const;

  private:
    std::filesystem::path log_;
    pid_t pid_ = -1;
    int handle_ = -1;  // readable when the process has ended
    std::optional<int> ended_;
};

}  // namespace confcast::test
