// One run of the judge: what it was asked to do, the rows so far, and what every server's loop was like.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace confcast::compare {

struct Options {
    std::filesystem::path binaries;  // of confcastd and the limits
    std::vector<std::string> only;   // groups; empty = all
    std::size_t rounds = 3;
    bool smoke = false;  // small numbers, and no verdict
    int server_cpu = 0;
    int client_cpu = 1;

    /// Both, as taskset has them.
    std::string all_cpus() const { return std::to_string(server_cpu) + "," + std::to_string(client_cpu); }
};

enum class Sense : std::uint8_t { at_most, at_least };

/// What a row is held to.
struct Target {
    Sense sense = Sense::at_most;
    double value = 0;
};

struct Row {
    std::string name;
    std::string unit;
    double figure = 0;
    std::optional<double> limit;  // measured in this run; without it the figure itself is held to the target
    double ratio = 0;             // of the figure to the limit; without a limit the figure
    std::optional<Target> target;

    bool holds() const;
};

/// A figure and its limit, once a round.
struct Rounds {
    std::vector<double> figures;
    std::vector<double> limits;
    void add(double figure, double limit) {
        figures.push_back(figure);
        limits.push_back(limit);
    }
};

/// Of no value: 0.
double median(std::vector<double> values);

class Bench {
  public:
    explicit Bench(Options options) : options_(std::move(options)) {}

    const Options& options() const { return options_; }
    const std::vector<Row>& rows() const { return rows_; }
    double worst_gap_ms() const { return worst_gap_ms_; }

    /// The middle of the rounds' ratios, beside the middles of the figures.
    void add(std::string name, std::string unit, const Rounds& rounds, std::optional<Target> target);
    /// A figure without a limit.
    void add(std::string name, std::string unit, double figure, std::optional<Target> target = std::nullopt);
    /// The longest time by which a server's loop was late.
    void saw_gap(double milliseconds, const std::string& while_doing);
    /// One row for the longest of all.
    void add_gap();

    /// `usual`, or a little of it in a smoke run.
    std::size_t scaled(std::size_t usual, std::size_t in_smoke) const { return options_.smoke ? in_smoke : usual; }
    double seconds(double usual) const { return options_.smoke ? 0.2 : usual; }

  private:
    void add(Row row);

    Options options_;
    std::vector<Row> rows_;
    double worst_gap_ms_ = 0;
    std::string worst_gap_while_;
};

// The groups. Each measures and adds its rows.
void compare_fanout(Bench& bench);
void compare_requests(Bench& bench);
void compare_embedded(Bench& bench);
void compare_etcd(Bench& bench);
void compare_processes(Bench& bench);
void compare_matching(Bench& bench);
void compare_resume(Bench& bench);
void compare_start(Bench& bench);

}  // namespace confcast::compare
