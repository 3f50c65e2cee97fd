#include "bench.hpp"

#include <algorithm>
#include <utility>

#include "report.hpp"

namespace confcast::compare {

bool Row::holds() const {
    if (!target) return true;
    return target->sense == Sense::at_most ? ratio <= target->value : ratio >= target->value;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Bench::add(std::string name, std::string unit, const Rounds& rounds, std::optional<Target> target) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < rounds.figures.size(); ++i) ratios.push_back(rounds.figures[i] / rounds.limits[i]);
    add(Row{std::move(name), std::move(unit), median(rounds.figures), median(rounds.limits), median(ratios), target});
}

void Bench::add(std::string name, std::string unit, double figure, std::optional<Target> target) {
    add(Row{std::move(name), std::move(unit), figure, std::nullopt, figure, target});
}

void Bench::add(Row row) {
    rows_.push_back(std::move(row));
    print_row(rows_.back(), options_.smoke);
}

void Bench::saw_gap(double milliseconds, const std::string& while_doing) {
    if (milliseconds <= worst_gap_ms_) return;
    worst_gap_ms_ = milliseconds;
    worst_gap_while_ = while_doing;
}

void Bench::add_gap() {
    add("loop: longest gap of all servers here (" + worst_gap_while_ + ")", "ms", worst_gap_ms_,
        Target{Sense::at_most, 50});
}

}  // namespace confcast::compare
