#include "exposition_parser.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace confcast::observe {

namespace {

[[noreturn]] void fail(std::string_view why, std::string_view line) {
    throw std::runtime_error(std::string(why) + ": " + std::string(line));
}

/// One line, read from the left.
class Line {
  public:
    explicit Line(std::string_view line) : line_(line), rest_(line) {}

    bool done() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }
    bool skip(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void expect(std::string_view text) {
        if (!skip(text)) fail("no '" + std::string(text) + "'", line_);
    }
    std::string word(std::string_view more = "") {
        std::size_t n = 0;
        const auto fits = [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                   more.find(c) != std::string_view::npos || (n > 0 && c >= '0' && c <= '9');
        };
        while (n < rest_.size() && fits(rest_[n])) ++n;
        if (n == 0) fail("no name", line_);
        std::string out(rest_.substr(0, n));
        rest_.remove_prefix(n);
        return out;
    }
    std::string quoted() {
        expect("\"");
        std::string out;
        while (!skip("\"")) {
            if (rest_.empty()) fail("an open quote", line_);
            if (skip("\\\\"))
                out += '\\';
            else if (skip("\\\""))
                out += '"';
            else if (skip("\\n"))
                out += '\n';
            else if (rest_.front() == '\\')
                fail("an unknown escape", line_);
            else {
                out += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        return out;
    }
    double number() {
        if (rest_ == "+Inf") return std::numeric_limits<double>::infinity();
        if (rest_ == "-Inf") return -std::numeric_limits<double>::infinity();
        if (rest_ == "Nan" || rest_ == "NaN") return std::numeric_limits<double>::quiet_NaN();
        double value = 0;
        const auto [end, ec] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (ec != std::errc{} || end != rest_.data() + rest_.size()) fail("no number", line_);
        return value;
    }

  private:
    std::string_view line_;
    std::string_view rest_;
};

Sample parse_sample(std::string_view text) {
    Line line(text);
    Sample sample;
    sample.name = line.word(":");
    if (line.skip("{")) {
        do {
            const std::string name = line.word();
            line.expect("=");
            if (!sample.labels.emplace(name, line.quoted()).second) fail("a label twice", text);
        } while (line.skip(","));
        line.expect("}");
    }
    line.expect(" ");
    sample.value = line.number();
    return sample;
}

using SeriesKey = std::pair<std::string, std::map<std::string, std::string>>;

void check_histogram(const Family& family) {
    struct Seen {
        double le = -std::numeric_limits<double>::infinity();
        double cumulative = 0;
        bool has_sum = false, has_count = false;
    };
    std::map<std::map<std::string, std::string>, Seen> all;
    for (const Sample& sample : family.samples) {
        auto labels = sample.labels;
        labels.erase("le");
        Seen& seen = all[labels];
        if (sample.name == family.name + "_bucket") {
            if (!sample.labels.contains("le")) fail("a bucket without le", family.name);
            const double le = Line(sample.labels.at("le")).number();
            if (le <= seen.le || sample.value < seen.cumulative) fail("buckets do not ascend", family.name);
            seen.le = le;
            seen.cumulative = sample.value;
        } else if (sample.name == family.name + "_count") {
            seen.has_count = true;
            // Counts may come before the buckets: compare when all is read.
        } else {
            seen.has_sum = true;
        }
    }
    for (const auto& [labels, seen] : all)
        if (!std::isinf(seen.le) || !seen.has_sum || !seen.has_count) fail("an incomplete histogram", family.name);
    for (const Sample& sample : family.samples)
        if (sample.name == family.name + "_count" && sample.value != all[sample.labels].cumulative)
            fail("a count that is not the last bucket's", family.name);
}

void check_sample(const Family& family, const Sample& sample, std::string_view line) {
    const bool histogram = family.type == "histogram";
    const bool plain = sample.name == family.name;
    const bool part = sample.name == family.name + "_bucket" || sample.name == family.name + "_sum" ||
                      sample.name == family.name + "_count";
    if (histogram ? !part : !plain) fail("a sample of another family", line);
    if (family.type == "counter" && !(sample.value >= 0)) fail("a counter below zero", line);
}

}  // namespace

std::vector<Family> parse_exposition(std::string_view text) {
    std::vector<Family> families;
    std::set<std::string> names;
    std::set<SeriesKey> series;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view raw = text.substr(0, end);
        if (end == std::string_view::npos) fail("no line end", raw);
        text.remove_prefix(end + 1);
        Line line(raw);
        if (line.skip("# HELP ")) {
            Family family;
            family.name = line.word(":");
            line.expect(" ");
            family.help = line.rest();
            if (!names.insert(family.name).second) fail("a family twice", raw);
            if (!families.empty() && families.back().samples.empty()) fail("the family before has no sample", raw);
            families.push_back(std::move(family));
        } else if (line.skip("# TYPE ")) {
            if (families.empty() || !families.back().type.empty() || line.word(":") != families.back().name)
                fail("a TYPE out of place", raw);
            line.expect(" ");
            families.back().type = line.rest();
            if (!std::set<std::string_view>{"counter", "gauge", "histogram"}.contains(line.rest()))
                fail("an unknown type", raw);
        } else {
            const Sample sample = parse_sample(raw);
            if (families.empty() || families.back().type.empty()) fail("a sample without HELP and TYPE", raw);
            check_sample(families.back(), sample, raw);
            if (!series.emplace(sample.name, sample.labels).second) fail("a series twice", raw);
            families.back().samples.push_back(sample);
        }
    }
    for (const Family& family : families)
        if (family.type == "histogram") check_histogram(family);
    return families;
}

double value_of(std::string_view text, std::string_view name, const std::map<std::string, std::string>& labels) {
    for (const Family& family : parse_exposition(text))
        for (const Sample& sample : family.samples)
            if (sample.name == name && sample.labels == labels) return sample.value;
    throw std::runtime_error("no series " + std::string(name) + " in\n" + std::string(text));
}

}  // namespace confcast::observe
