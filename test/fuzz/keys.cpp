// Keys, queries and percent-encoding, each against a reading that is too simple to be wrong.
#include <algorithm>
#include <array>

#include "confcast/base/utf8.hpp"
#include "confcast/store/layout.hpp"
#include "percent.hpp"
#include "query.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

bool is_control(std::string_view key, std::size_t i) {
    const auto byte = static_cast<unsigned char>(key[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    return byte == 0xC2 && i + 1 < key.size() && static_cast<unsigned char>(key[i + 1]) < 0xA0;
}

bool keeps_the_rules(std::string_view key) {
    if (key.empty() || key.size() > store::max_key_bytes || !is_valid_utf8(key)) return false;
    for (std::size_t i = 0; i < key.size(); ++i)
        if (is_control(key, i)) return false;
    const std::string framed = "/" + std::string(key) + "/";
    return std::ranges::none_of(std::array{"//", "/./", "/../"},
                                [&](const char* bad) { return framed.find(bad) != std::string::npos; });
}

std::string percent_encode(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : bytes) {
        out += '%';
        out += digits[static_cast<unsigned char>(c) >> 4U];
        out += digits[static_cast<unsigned char>(c) & 15U];
    }
    return out;
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(keys) {
    demand(store::check_key(bytes).has_value() == keeps_the_rules(bytes), "check_key is the rules");

    const auto decoded = api::percent_decode(bytes, "path");
    if (decoded) demand(decoded->size() <= bytes.size(), "decoding does not grow");
    const auto back = api::percent_decode(percent_encode(bytes), "path");
    demand(back && *back == bytes, "what is encoded is decoded");

    static constexpr std::array<api::Parameter, 3> known{{{"a"}, {"prefix", true}, {"limit"}}};
    const auto query = api::Query::parse(bytes, known);
    if (!query) return;
    for (const auto& parameter : known) {
        const auto value = query->get(parameter.name);
        demand(!value || is_valid_utf8(*value), "a value is UTF-8");
        demand(query->has(parameter.name) || query->all(parameter.name).empty(), "what is not there has no values");
        if (!parameter.repeatable) demand(query->all(parameter.name).size() <= 1, "one value where one is meant");
    }
    const auto limit = query->number("limit", 1, 1000);
    if (limit && *limit) demand(**limit >= 1 && **limit <= 1000, "a number is between its bounds");
    [[maybe_unused]] const auto flag = query->flag("a");
}
