#include "accept.hpp"

#include <algorithm>
#include <tuple>

namespace confcast::api {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Cuts off what stands before the next `mark`.
std::string_view next_part(std::string_view& rest, char mark) {
    const std::size_t end = std::min(rest.find(mark), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// In thousandths (RFC 9110, 12.4.2); nullopt when it is none.
std::optional<int> weight(std::string_view text) {
    if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    int thousandths = (text[0] - '0') * 1000;
    text.remove_prefix(1);
    if (text.empty()) return thousandths;
    if (text[0] != '.' || text.size() > 4) return std::nullopt;
    int place = 100;
    for (const char c : text.substr(1)) {
        if (c < '0' || c > '9') return std::nullopt;
        thousandths += (c - '0') * place;
        place /= 10;
    }
    return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

struct Range {
    std::string_view type;  // "text/html", "text/*", "*/*"
    int q = 1000;
};

std::optional<Range> read_range(std::string_view element) {
    Range range;
    range.type = next_part(element, ';');
    while (!element.empty()) {
        std::string_view parameter = next_part(element, ';');
        const std::string_view name = next_part(parameter, '=');
        if (!http::iequals(name, "q")) continue;
        const auto q = weight(trimmed(parameter));
        if (!q) return std::nullopt;
        range.q = *q;
    }
    return range;
}

/// How exactly the range names the offer: 0 = not at all.
int precision(std::string_view range, std::string_view offer) {
    if (http::iequals(range, offer)) return 3;
    if (range == "*/*") return 1;
    const std::size_t slash = offer.find('/');
    return range.ends_with("/*") && http::iequals(range.substr(0, range.size() - 1), offer.substr(0, slash + 1)) ? 2
                                                                                                                 : 0;
}

/// What the header says of one offer: the most exact range that names it decides.
struct Liking {
    int q = 0;
    int precision = 0;
    int place = 0;  // in the header

    auto order() const { return std::tuple(q, precision, -place); }
};

Liking liking_of(const http::Request& request, std::string_view offer) {
    Liking found;
    int place = 0;
    for (const http::Header& header : request.headers) {
        if (!http::iequals(header.name, "Accept")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto range = read_range(next_part(rest, ','));
            ++place;
            if (!range) continue;
            const int exact = precision(range->type, offer);
            if (exact > found.precision) found = {range->q, exact, place};
        }
    }
    return found;
}

}  // namespace

std::optional<std::size_t> best_accepted(const http::Request& request, std::span<const std::string_view> offers) {
    std::optional<std::size_t> best;
    Liking most;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const Liking liking = liking_of(request, offers[i]);
        if (liking.q == 0 || (best && liking.order() <= most.order())) continue;
        best = i;
        most = liking;
    }
    return best;
}

}  // namespace confcast::api
