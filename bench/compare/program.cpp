#include "program.hpp"

#include <sched.h>

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "confcast/load/http.hpp"

namespace confcast::compare {
namespace {

using load::Clock;
using namespace std::chrono_literals;

constexpr const char* taskset = "/usr/bin/taskset";

std::vector<std::string> pinned(const Options& options, const std::string& name,
                                const std::vector<std::string>& arguments, const std::string& cpus = {}) {
    std::vector<std::string> argv{taskset, "-c", cpus.empty() ? std::to_string(options.server_cpu) : cpus,
                                  options.binaries / name};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
}

}  // namespace

void stay_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0)
        throw std::system_error(errno, std::generic_category(), "processor " + std::to_string(cpu));
}

std::string run_limit(const Options& options, std::vector<std::string> argv) {
    const test::TemporaryDirectory directory;
    const std::string name = argv.front();
    argv.erase(argv.begin());
    test::ChildProcess process(pinned(options, name, argv), directory.path() / "output");
    if (const auto code = process.wait(60s); code != 0)
        throw std::runtime_error(name + " did not end well:\n" + process.output());
    return process.output();
}

Program::Program(const Options& options) : options_(options) { endpoint_.port = load::free_port(); }

void Program::start(const std::string& name, const std::vector<std::string>& arguments, const std::string& cpus) {
    process_.emplace(pinned(options_, name, arguments, cpus), directory_.path() / "log");
}

void Program::wait_ready(const std::string& path) {
    const auto deadline = Clock::now() + 60s;
    while (Clock::now() < deadline) {
        try {
            if (path.empty()) {
                load::Socket::connect(endpoint_);
                return;
            }
            if (load::HttpClient(endpoint_).get(path).status == 200) return;
        } catch (const std::runtime_error&) {  // not listening yet
        }
        if (process_->wait(2ms)) break;
    }
    throw std::runtime_error("a server does not get ready:\n" + process_->output());
}

load::ProcessStats Program::stats() const {
    const auto stats = load::read_process(pid());
    if (!stats) throw std::runtime_error("a server is gone:\n" + process_->output());
    return *stats;
}

Limit::Limit(const Options& options, const std::string& name, std::vector<std::string> arguments) : Program(options) {
    arguments.insert(arguments.end(), {"--port", std::to_string(endpoint_.port)});
    start(name, arguments);
    wait_ready("");
}

Server::Server(Bench& bench, std::string what_for, ServerSetup setup)
    : Program(bench.options()), bench_(bench), what_for_(std::move(what_for)), cpus_(std::move(setup.cpus)) {
    if (setup.store.empty()) setup.store = "sqlite:" + (directory_.path() / "store").string();
    arguments_ = {"--config", "/dev/null", "--listen", endpoint_.to_string(), "--store", std::move(setup.store)};
    for (const char* flag :
         {"--log-format", "json", "--access-log-every", "1000", "--namespace-write-rate", "0", "--accept-rate", "0"})
        arguments_.emplace_back(flag);
    arguments_.insert(arguments_.end(), setup.flags.begin(), setup.flags.end());
    begin();
}

Server::Server(Bench& bench, const Server& other)
    : Program(bench.options(), other.endpoint()),
      bench_(bench),
      what_for_(other.what_for_),
      arguments_(other.arguments_),
      cpus_(other.cpus_) {
    start("confcastd", arguments_, cpus_);
    // Who asks on the port may be answered by another.
    const auto deadline = Clock::now() + 60s;
    while (process_->output().find(" is ready: ") == std::string::npos)
        if (process_->wait(5ms) || Clock::now() > deadline)
            throw std::runtime_error("a server does not get ready:\n" + process_->output());
}

Server::~Server() {
    try {
        if (process_) end();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "compare: %s\n", error.what());
    }
}

void Server::begin() {
    start("confcastd", arguments_, cpus_);
    wait_ready("/readyz");
}

void Server::leave() {
    bench_.saw_gap(metric("confcast_loop_lag_peak_seconds") * 1000, what_for_);
    process_->signal(SIGTERM);
}

void Server::end() {
    leave();
    if (const auto code = process_->wait(30s); code != 0)
        throw std::runtime_error("the server did not end well:\n" + process_->output());
    process_.reset();
}

double Server::metric(const std::string& name) const {
    std::istringstream lines(load::HttpClient(endpoint_).get("/metrics").body);
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.rfind(' ');
        const std::string_view named = std::string_view(line).substr(0, line.find_first_of("{ "));
        if (named == name && space != std::string::npos) sum += std::strtod(line.c_str() + space, nullptr);
    }
    return sum;
}

}  // namespace confcast::compare
