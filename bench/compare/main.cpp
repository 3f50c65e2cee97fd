// bench/compare: every row of the table of targets in one run, each beside its limit. Exits 1 when a row misses.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <utility>

#include "program.hpp"
#include "report.hpp"

namespace confcast::compare {
namespace {

struct Group {
    const char* name;
    void (*measure)(Bench&);
};

constexpr Group groups[] = {{"fanout", compare_fanout},       {"requests", compare_requests},
                            {"embedded", compare_embedded},   {"etcd", compare_etcd},
                            {"processes", compare_processes}, {"matching", compare_matching},
                            {"resume", compare_resume},       {"start", compare_start}};

bool is_wanted(const Options& options, const std::string& name) {
    return options.only.empty() || std::ranges::find(options.only, name) != options.only.end();
}

bool is_group(const std::string& name) {
    return std::ranges::any_of(groups, [&name](const Group& group) { return name == group.name; });
}

int run(int argc, char** argv) {
    Options options;
    options.binaries = std::filesystem::canonical("/proc/self/exe").parent_path();
    std::string json;
    CLI::App app{"Measures the server against its limits; exits 1 when a ratio misses its target", "compare"};
    app.add_option("--binaries", options.binaries, "the directory of confcastd and the limits (default: its own)");
    app.add_option("--rounds", options.rounds, "limit and server alternately, so many times")->capture_default_str();
    app.add_option("--json", json, "write the rows there, too");
    app.add_option("--server-cpu", options.server_cpu, "the processor of whoever is measured")->capture_default_str();
    app.add_option("--client-cpu", options.client_cpu, "that of the generator")->capture_default_str();
    app.add_flag("--smoke", options.smoke, "small numbers, one round, no verdict: does it all run?");
    app.add_option("group", options.only,
                   "fanout, requests, embedded, etcd, processes, matching, resume, start (default: all)");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    for (const std::string& name : options.only) {
        if (is_group(name)) continue;
        std::fprintf(stderr, "compare: there is no group %s\n", name.c_str());
        return 2;
    }
    if (options.smoke) options.rounds = 1;
    load::raise_descriptor_limit();
    stay_on(options.client_cpu);

    Bench bench(options);
    print_head();
    for (const Group& group : groups)
        if (is_wanted(options, group.name)) group.measure(bench);
    bench.add_gap();
    if (!json.empty()) std::ofstream(json) << to_json(bench.rows());
    const auto missed = std::ranges::count_if(bench.rows(), [](const Row& row) { return row.target && !row.holds(); });
    if (options.smoke) {
        std::printf("measured %zu rows; too little for a verdict\n", bench.rows().size());
        return 0;
    }
    std::printf("%zu rows, %td missed\n", bench.rows().size(), missed);
    return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace confcast::compare

int main(int argc, char** argv) {
    try {
        return confcast::compare::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "compare: %s\n", error.what());
        return 1;
    }
}
