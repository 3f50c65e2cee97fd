#include "difference.hpp"

#include <algorithm>
#include <vector>

#include "confcast/base/utf8.hpp"

namespace confcast::cli {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t context_lines = 3;
constexpr std::size_t most_cells = 4'000'000;  // of the table below

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Step {
    char mark;  // ' ', '-', '+'
    std::string_view line;
};

// The longest common subsequence, by the table; what is the same at both ends is left out of it.
std::vector<Step> steps_between(const Lines& a, const Lines& b) {
    std::size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    const std::size_t n = a.size() - head - tail;
    const std::size_t m = b.size() - head - tail;
    const bool fits = (n + 1) * (m + 1) <= most_cells;
    std::vector<std::uint32_t> common(fits ? (n + 1) * (m + 1) : 0, 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return common[i * (m + 1) + j]; };
    for (std::size_t i = n; fits && i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            at(i, j) = a[head + i] == b[head + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));

    std::vector<Step> steps;
    steps.reserve(a.size() + b.size());
    for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', a[i]});
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && a[head + i] == b[head + j] && fits) {
            steps.push_back({' ', a[head + i]});
            ++i, ++j;
        } else if (i < n && (j == m || !fits || at(i + 1, j) >= at(i, j + 1))) {
            steps.push_back({'-', a[head + i++]});
        } else {
            steps.push_back({'+', b[head + j++]});
        }
    }
    for (std::size_t k = 0; k < tail; ++k) steps.push_back({' ', a[a.size() - tail + k]});
    return steps;
}

bool is_near_a_change(const std::vector<Step>& steps, std::size_t at) {
    const std::size_t begin = at - std::min(at, context_lines);
    const std::size_t end = std::min(steps.size(), at + context_lines + 1);
    for (std::size_t i = begin; i < end; ++i)
        if (steps[i].mark != ' ') return true;
    return false;
}

}  // namespace

std::string difference_of(const Output& out, std::string_view before, std::string_view after) {
    if (before == after) return {};
    if (!is_valid_utf8(before) || !is_valid_utf8(after) || before.find('\0') != std::string_view::npos ||
        after.find('\0') != std::string_view::npos)
        return "binary values differ: " + std::to_string(before.size()) + " and " + std::to_string(after.size()) +
               " bytes\n";
    const std::vector<Step> steps = steps_between(lines_of(before), lines_of(after));
    std::string text;
    bool skipped = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_near_a_change(steps, i)) {
            skipped = true;
            continue;
        }
        if (std::exchange(skipped, false)) text += "…\n";
        const std::string line = steps[i].mark + one_line(steps[i].line, 4096);
        text += (steps[i].mark == '-' ? out.red(line) : steps[i].mark == '+' ? out.green(line) : line) + '\n';
    }
    // The only difference may be the newline at the end.
    const bool ends_differ = before.ends_with('\n') != after.ends_with('\n');
    if (ends_differ)
        text += before.ends_with('\n') ? "(without the newline at the end)\n" : "(with a newline at the end)\n";
    return text;
}

}  // namespace confcast::cli
