// What docs/metrics.md says that there is, for the tests that hold it against servers, rules and dashboards.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace confcast::test {

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

struct DocumentedMetric {
    std::string type;
    std::set<std::string> labels;
    std::string only;  // the sentence before its table, when not every server has it
};

/// By name. Rows are | `name` | type | `label`, `label` | …
inline std::map<std::string, DocumentedMetric> documented_metrics(const std::string& text) {
    std::map<std::string, DocumentedMetric> all;
    std::istringstream lines(text);
    std::string only;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("#")) only.clear();
        if (line.ends_with("only:")) only = line;
        if (!line.starts_with("| `confcast_") && !line.starts_with("| `process_")) continue;
        std::vector<std::string> cells;
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
        DocumentedMetric metric{cells.at(2).substr(1, cells.at(2).size() - 2), {}, only};
        std::istringstream labels(cells.at(3));
        for (std::string label; std::getline(labels, label, '`') && std::getline(labels, label, '`');)
            metric.labels.insert(label);
        all.emplace(cells.at(1).substr(2, cells.at(1).size() - 4), metric);
    }
    return all;
}

/// The names of metrics in a text, without what a histogram adds to its own.
inline std::set<std::string> metric_names_in(const std::string& text) {
    const std::string word = "abcdefghijklmnopqrstuvwxyz0123456789_";
    std::set<std::string> names;
    for (const char* prefix : {"confcast_", "process_"}) {
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
            if (at > 0 && word.find(text[at - 1]) != std::string::npos) continue;
            std::string name = text.substr(at, text.find_first_not_of(word, at) - at);
            for (const std::string suffix : {"_bucket", "_sum", "_count"})
                if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
            names.insert(name);
        }
    }
    return names;
}

}  // namespace confcast::test
