// A server under measure, the product or a limit, on the processor that is theirs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench.hpp"
#include "confcast/load/process_stats.hpp"
#include "confcast/load/socket.hpp"
#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::compare {

/// This process, and what it starts from now on, unless told otherwise.
void stay_on(int cpu);

/// Runs `argv` of options.binaries on options.server_cpu to its end and returns what it printed. Throws
/// std::runtime_error when it does not end with 0.
std::string run_limit(const Options& options, std::vector<std::string> argv);

class Program {
  public:
    pid_t pid() const { return process_->pid(); }
    const load::Endpoint& endpoint() const { return endpoint_; }
    load::ProcessStats stats() const;

  protected:
    explicit Program(const Options& options);
    Program(const Options& options, load::Endpoint endpoint) : options_(options), endpoint_(std::move(endpoint)) {}
    ~Program() = default;
    /// `cpus`: as taskset has them; "" = options.server_cpu.
    void start(const std::string& name, const std::vector<std::string>& arguments, const std::string& cpus = {});
    /// Waits until `path` is answered by 200, or, with "", until somebody listens.
    void wait_ready(const std::string& path);

    const Options& options_;
    load::Endpoint endpoint_;
    test::TemporaryDirectory directory_;
    std::optional<test::ChildProcess> process_;
};

/// A limit: `name --port N` and more.
class Limit : public Program {
  public:
    Limit(const Options& options, const std::string& name, std::vector<std::string> arguments = {});
};

struct ServerSetup {
    std::string store{};               // for --store; "" = an embedded one of its own
    std::vector<std::string> flags{};  // more of them
    std::string cpus{};                // "" = options.server_cpu
};

/// The product as an operator runs it for speed: JSON log with one access line in 1,000, limits of rate off. When it is
/// ended its longest gap goes to the bench.
class Server : public Program {
  public:
    Server(Bench& bench, std::string what_for, ServerSetup setup = {});
    /// One more process on the port of another (--reuse-port).
    Server(Bench& bench, const Server& other);
    ~Server();

    /// SIGTERM; it goes on until its clients have left.
    void leave();
    bool has_ended() { return process_->wait(std::chrono::milliseconds{0}).has_value(); }
    /// leave() and the end.
    void end();
    /// Again on the same store, port and flags. Returns when it is ready. Precondition: it has ended.
    void begin();
    /// The sum of a metric over its labels; 0 when there is none.
    double metric(const std::string& name) const;

  private:
    Bench& bench_;
    std::string what_for_;
    std::vector<std::string> arguments_;
    std::string cpus_;
};

}  // namespace confcast::compare
