#include "names.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace confcast::observe {

namespace {

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_word(std::string_view text) {
    return !text.empty() && is_lower(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_lower(c) || (c >= '0' && c <= '9'); });
}

void check_name(Kind kind, std::string_view name) {
    if (!is_word(name)) refuse_metric(name, "has a name that is not made of [a-z0-9_]");
    if (!name.starts_with("confcast_") && !name.starts_with("process_"))
        refuse_metric(name, "has a name that begins neither with confcast_ nor with process_");
    const bool total = name.ends_with("_total");
    if (kind == Kind::counter && !total) refuse_metric(name, "is a counter whose name does not end in _total");
    if (kind != Kind::counter && total) refuse_metric(name, "is no counter but its name ends in _total");
}

void check_labels(std::string_view name, const Labels& labels) {
    for (auto label = labels.begin(); label != labels.end(); ++label) {
        const std::string& word = label->first;
        if (!is_word(word) || word.starts_with("__") || word == "le")
            refuse_metric(name, "has a label whose name may not be \"" + word + "\"");
        if (std::any_of(labels.begin(), label, [&](const auto& other) { return other.first == word; }))
            refuse_metric(name, "has the label \"" + word + "\" twice");
    }
}

}  // namespace

void refuse_metric(std::string_view name, std::string_view why) {
    throw std::invalid_argument("The metric \"" + std::string(name) + "\" " + std::string(why) + ".");
}

void check_metric(Kind kind, std::string_view name, std::string_view help, const Labels& labels) {
    check_name(kind, name);
    // The text format would need them escaped, and no sentence needs them.
    if (help.empty() || help.find_first_of("\n\\") != std::string_view::npos)
        refuse_metric(name, "has a help text that is empty or has a line break or a backslash");
    check_labels(name, labels);
}

}  // namespace confcast::observe
