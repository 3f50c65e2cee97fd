// The command line tool as a process: what it prints where, and how it ends.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "server.hpp"

namespace confcast::test {

struct Ended {
    int code = -1;  // 128 + signal when one ended it
    std::string out;
    std::string error;
    json::value json() const { return json::parse(out); }
};

class Tool {
  public:
    /// Talks to that server, has a home of its own and no terminal.
    explicit Tool(const Server& server) : Tool("http://" + address(server)) {}
    explicit Tool(std::string server);

    /// Runs to its end, which must come in time.
    Ended run(const std::vector<std::string>& words, const std::string& input = {}) const;
    /// Standard output and error are a terminal; both are in `out`.
    Ended run_in_terminal(const std::vector<std::string>& words) const;

    /// One that goes on until it is ended.
    class Running {
      public:
        Running(const Tool& tool, const std::vector<std::string>& words);
        ~Running();
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;
        std::string out() const;
        std::string error() const;
        void signal(int number) const;
        Ended wait(std::chrono::milliseconds limit = std::chrono::seconds{30});

      private:
        std::filesystem::path out_;
        std::filesystem::path error_;
        pid_t pid_ = -1;
    };

    void set(const std::string& name, const std::string& value) { environment_.emplace_back(name, value); }
    const std::filesystem::path& home() const { return directory_.path(); }
    static std::string address(const Server& server);
    static std::string binary();

  private:
    pid_t start(const std::vector<std::string>& words, const std::filesystem::path& in,
                const std::filesystem::path& out, const std::filesystem::path& error) const;

    TemporaryDirectory directory_;
    std::vector<std::pair<std::string, std::string>> environment_;
};

void write_file(const std::filesystem::path& file, const std::string& bytes);
std::string read_file(const std::filesystem::path& file);

}  // namespace confcast::test
