// A strict reader of the Prometheus text format 0.0.4, stricter than Prometheus: what we write must be orderly too.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::observe {

struct Sample {
    std::string name;
    std::map<std::string, std::string> labels;
    double value = 0;
};

struct Family {
    std::string name;
    std::string help;
    std::string type;
    std::vector<Sample> samples;
};

/// Throws std::runtime_error with the line when
///  * a line is not a HELP, a TYPE or a sample, or the last one has no end;
///  * a family has not exactly one HELP, then one TYPE, then its samples, or comes twice;
///  * a sample's name is not its family's (with _bucket, _sum, _count for histograms);
///  * a series comes twice, a value is no number, a counter is negative;
///  * a histogram's buckets do not ascend to +Inf, are not cumulative, or differ from its count.
std::vector<Family> parse_exposition(std::string_view text);

/// The value of one series of an exposition; std::runtime_error when it is not there.
double value_of(std::string_view text, std::string_view name, const std::map<std::string, std::string>& labels = {});

}  // namespace confcast::observe
