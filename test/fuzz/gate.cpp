// The scanner, the gate and the parser of request heads: whether it is taken does not depend on how the bytes arrive,
// and the gate and the parser agree on everything that decides where a request ends.
#include "gate.hpp"

#include <algorithm>

#include "head_parser.hpp"
#include "head_scanner.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr http::HeadScanner::Limits limits{1024, 256};

struct Outcome {
    bool whole = false;
    std::size_t begin = 0, end = 0;
    bool refused = false;  // of two reasons the one that is seen first is told
    bool operator==(const Outcome&) const = default;
};

/// The scanner's word, then the gate's: which of the two refuses depends on how the bytes come, that one does not.
Outcome outcome_of(std::string_view bytes, const http::HeadScanner& scanner, const Result<bool>& scanned) {
    if (!scanned) return {.refused = true};
    if (!*scanned) return {};
    const auto head = bytes.substr(scanner.begin(), scanner.end() - scanner.begin());
    const auto facts = http::pass_gate(head, limits.max_target);
    if (!facts) return {.refused = true};
    return {.whole = true, .begin = scanner.begin(), .end = scanner.end()};
}

/// What a connection does: it reads no further once it knows.
Outcome in_two(std::string_view bytes, std::size_t split) {
    http::HeadScanner scanner(limits);
    const auto first = scanner.scan(bytes.substr(0, split));
    if (!first || *first) return outcome_of(bytes, scanner, first);
    const auto both = scanner.scan(bytes);
    return outcome_of(bytes, scanner, both);
}

Outcome byte_by_byte(std::string_view bytes) {
    http::HeadScanner scanner(limits);
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        const auto scanned = scanner.scan(bytes.substr(0, size));
        if (!scanned || *scanned) return outcome_of(bytes, scanner, scanned);
    }
    return {};
}

void compare(std::string_view head) {
    http::Headers seen;
    const auto facts = http::pass_gate(head, limits.max_target, &seen);
    if (!facts) return;
    demand(!facts->chunked || !facts->content_length, "a body has one length");
    demand(!facts->target.empty() && facts->target.size() <= limits.max_target, "a target is there and within bounds");
    std::vector<http::Header> headers;
    std::string body;
    http::HeadParser parser(headers, body);
    demand(parser.parse_head(head).has_value(), "what the gate lets pass the parser takes");
    demand(std::ranges::equal(
               seen, headers,
               [](const http::Header& a, const http::Header& b) { return a.name == b.name && a.value == b.value; }),
           "they agree on the fields");
    demand(parser.chunked() == facts->chunked, "gate and parser agree on chunked");
    demand(parser.content_length().has_value() == facts->content_length.has_value(), "they agree on a length");
    if (facts->content_length) demand(*parser.content_length() == *facts->content_length, "they agree on the length");
    if (facts->keep_alive) demand(parser.keep_alive(), "they agree on keep-alive");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(gate) {
    bytes = bytes.substr(0, 2048);
    const Outcome at_once = in_two(bytes, 0);
    for (std::size_t split = 1; split < bytes.size(); ++split)
        demand(in_two(bytes, split) == at_once, "a head is the same split at " + std::to_string(split));
    demand(byte_by_byte(bytes) == at_once, "a head is the same byte by byte");
    if (at_once.whole) compare(bytes.substr(at_once.begin, at_once.end - at_once.begin));
    compare(bytes);
}
