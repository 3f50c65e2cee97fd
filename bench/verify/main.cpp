// Subscribers, writers and faults on a confcastd, each subscriber checked against the store's own history. One line to
// stdout; exit 0 when it is flawless, 1 when not, 2 for a usage error.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "confcast/test/temporary_directory.hpp"
#include "options.hpp"
#include "run.hpp"

namespace {

using confcast::verify::Options;

struct Words {
    std::string store = "embedded";
    std::string running;
    double duration = 20;
    double fault_every = 3;
    double patience = 30;
};

void declare(CLI::App& app, Options& options, Words& words) {
    app.add_option("--server", options.server, "the confcastd to start, a path");
    app.add_option("--connect", words.running, "or HOST:PORT of one that runs: then only subscribers are disturbed");
    app.add_option("--store", words.store, "embedded or etcd")->capture_default_str();
    app.add_option("--members", options.members, "of etcd, 1 or 3")->capture_default_str();
    app.add_option("--subscribers", options.subscribers, "how many")->capture_default_str();
    app.add_option("--writers", options.writers, "how many")->capture_default_str();
    app.add_option("--rate", options.rate, "writes a second of all of them; 0 = as fast as they are answered")
        ->capture_default_str();
    app.add_option("--duration", words.duration, "seconds of writes and faults")->capture_default_str();
    app.add_option("--fault-every", words.fault_every, "seconds between faults, about; 0 = none")
        ->capture_default_str();
    app.add_option("--fault", options.faults, "only this kind (repeatable), as --verbose names it");
    app.add_option("--patience", words.patience, "seconds for the last change to reach everybody")
        ->capture_default_str();
    app.add_option("--seed", options.seed, "of everything that is drawn")->capture_default_str();
    app.add_option("--server-flag", options.server_flags, "passed on to confcastd (repeatable)");
    app.add_option("--keep", options.keep, "a directory for the store's data and the logs, which are left there");
    app.add_flag("--verbose", options.verbose, "say on stderr what is done when");
}

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string take_words(const Words& words, Options& options) {
    if (words.store != "embedded" && words.store != "etcd") return "--store is embedded or etcd, not " + words.store;
    options.store = words.store == "etcd" ? Options::Store::etcd : Options::Store::embedded;
    if (options.members != 1 && options.members != 3) return "--members is 1 or 3";
    if (options.server.empty() == words.running.empty()) return "say either --server PATH or --connect HOST:PORT";
    if (!words.running.empty()) {
        options.running = confcast::load::Endpoint::parse(words.running);
        if (!options.running) return "--connect wants HOST:PORT, not " + words.running;
    } else if (!std::filesystem::exists(options.server)) {
        return "there is no " + options.server.string();
    }
    if (options.subscribers == 0 || options.writers == 0) return "--subscribers and --writers are at least 1";
    if (words.duration <= 0 || words.fault_every < 0 || options.rate < 0) return "times and rates are not negative";
    options.duration = milliseconds(words.duration);
    options.fault_every = milliseconds(words.fault_every);
    options.patience = milliseconds(words.patience);
    return {};
}

int run(int argc, char** argv) {
    Options options;
    Words words;
    CLI::App app{"Checks a confcastd: ordered, unique, gap-free, atomic, resumed, converged, whatever breaks",
                 "verify"};
    declare(app, options, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (const auto problem = take_words(words, options); !problem.empty()) {
        std::fprintf(stderr, "verify: %s\n", problem.c_str());
        return 2;
    }
    confcast::load::raise_descriptor_limit();
    const confcast::test::TemporaryDirectory temporary;
    if (options.keep.empty()) options.keep = temporary.path();

    confcast::verify::Run one(options);
    const auto summary = one.execute();
    std::puts(summary.to_string().c_str());
    if (summary.verdict.flawless()) return 0;
    for (const auto& complaint : summary.verdict.complaints()) std::fprintf(stderr, "%s\n", complaint.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "verify: %s\n", error.what());
        return 1;
    }
}
