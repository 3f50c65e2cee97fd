#include "query.hpp"

#include <algorithm>
#include <charconv>

#include "confcast/base/utf8.hpp"
#include "percent.hpp"

namespace confcast::api {
namespace {

const Parameter* find_parameter(std::span<const Parameter> known, std::string_view name) {
    const auto found = std::ranges::find(known, name, &Parameter::name);
    return found == known.end() ? nullptr : &*found;
}

std::string names_of(std::span<const Parameter> known) {
    if (known.empty()) return "(none)";
    std::string out;
    for (const Parameter& p : known) {
        if (!out.empty()) out += ", ";
        out += p.name;
    }
    return out;
}

}  // namespace

Error bad_parameter(std::string_view name, std::string_view rule) {
    return Error(Errc::invalid_parameter).with("parameter", name).with("rule", rule);
}

Result<Query> Query::parse(std::string_view raw, std::span<const Parameter> known) {
    Query query;
    while (!raw.empty()) {
        const std::size_t end = std::min(raw.find('&'), raw.size());
        const std::string_view pair = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (pair.empty()) continue;

        const std::size_t equals = std::min(pair.find('='), pair.size());
        Result<std::string> name = percent_decode(pair.substr(0, equals), "query");
        if (!name) return name.error();
        Result<std::string> value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), "query");
        if (!value) return value.error();

        const Parameter* parameter = find_parameter(known, *name);
        if (parameter == nullptr)
            return Error(Errc::unknown_field)
                .with("kind", "parameter")
                .with("name", *name)
                .with("known", names_of(known));
        if (!parameter->repeatable && query.has(*name)) return bad_parameter(*name, "it may be given once");
        if (!is_valid_utf8(*value)) return bad_parameter(*name, "it must be UTF-8");
        query.pairs_.push_back({std::move(*name), std::move(*value)});
    }
    return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const {
    for (const Pair& pair : pairs_)
        if (pair.name == name) return pair.value;
    return std::nullopt;
}

std::vector<std::string> Query::all(std::string_view name) const {
    std::vector<std::string> found;
    for (const Pair& pair : pairs_)
        if (pair.name == name) found.push_back(pair.value);
    return found;
}

Result<bool> Query::flag(std::string_view name, bool otherwise) const {
    const auto text = get(name);
    if (!text) return otherwise;
    if (text->empty() || *text == "true" || *text == "1") return true;
    if (*text == "false" || *text == "0") return false;
    return bad_parameter(name, "it is a switch: true or false");
}

Result<std::optional<std::int64_t>> Query::number(std::string_view name, std::int64_t low, std::int64_t high) const {
    const auto text = get(name);
    if (!text) return std::optional<std::int64_t>{};
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text->data() + text->size();
    if (!whole || value < low || value > high)
        return bad_parameter(name, "it is a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::optional<std::int64_t>{value};
}

}  // namespace confcast::api
