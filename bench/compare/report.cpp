#include "report.hpp"

#include <array>
#include <cstdio>

namespace confcast::compare {
namespace {

std::string text(const char* format, double number) {
    std::array<char, 64> out;
    // NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): the formats are those below
    const int size = std::snprintf(out.data(), out.size(), format, number);
    return {out.data(), static_cast<std::size_t>(size)};
}

std::string figure(double number) { return text(number < 100 ? "%.2f" : "%.0f", number); }

std::string target_of(const Row& row) {
    if (!row.target) return "-";
    const char* sense = row.target->sense == Sense::at_most ? "<= " : ">= ";
    return sense + figure(row.target->value) + (row.limit ? " x" : "");
}

const char* verdict_of(const Row& row, bool smoke) {
    if (!row.target || smoke) return "";
    return row.holds() ? "ok" : "MISSED";
}

}  // namespace

void print_head() {
    std::printf("%-64s %-14s %10s %10s %9s %10s\n", "what", "unit", "figure", "limit", "ratio", "target");
}

void print_row(const Row& row, bool smoke) {
    std::printf("%-64s %-14s %10s %10s %9s %10s %s\n", row.name.c_str(), row.unit.c_str(), figure(row.figure).c_str(),
                row.limit ? figure(*row.limit).c_str() : "-",
                row.limit ? (text("%.2f", row.ratio) + " x").c_str() : "-", target_of(row).c_str(),
                verdict_of(row, smoke));
    std::fflush(stdout);
}

std::string to_json(const std::vector<Row>& rows) {
    std::string out = "[\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        out +=
            R"(  {"row": ")" + row.name + R"(", "unit": ")" + row.unit + R"(", "figure": )" + text("%.4g", row.figure);
        if (row.limit) out += R"(, "limit": )" + text("%.4g", *row.limit) + R"(, "ratio": )" + text("%.4g", row.ratio);
        if (row.target)
            out += std::string(R"(, "target": ")") + (row.target->sense == Sense::at_most ? "<=" : ">=") +
                   text("%g", row.target->value) + R"(", "holds": )" + (row.holds() ? "true" : "false");
        out += i + 1 < rows.size() ? "},\n" : "}\n";
    }
    return out + "]\n";
}

}  // namespace confcast::compare
