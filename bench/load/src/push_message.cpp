#include "confcast/load/push_message.hpp"

#include <algorithm>
#include <charconv>

namespace confcast::load {
namespace {

std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view word) {
    const auto found = text.find(word);
    if (found == std::string_view::npos) return std::nullopt;
    text.remove_prefix(found + word.size());
    return take_number(text);
}

}  // namespace

PushMessage scan_message(std::string_view json) {
    PushMessage message;
    auto text = json;
    if (!take(text, R"({"seq_id":)")) return message;
    const auto seq_id = take_number(text);
    if (!seq_id || !take(text, R"(,"type":")")) return message;
    const auto type_end = text.find('"');
    if (type_end == std::string_view::npos) return message;
    message.seq_id = *seq_id;
    message.type = text.substr(0, type_end);
    message.payload = text.substr(type_end + 1);
    // It stands at one of the payload's ends; values may be long, so the middle is not searched.
    constexpr std::string_view name = R"("coalesced_from":)";
    constexpr std::size_t reach = 64;
    message.coalesced_from = number_after(message.payload.substr(0, reach), name);
    if (!message.coalesced_from && message.payload.size() > reach)
        message.coalesced_from = number_after(message.payload.substr(message.payload.size() - reach), name);
    return message;
}

std::optional<std::uint64_t> next_publication(std::string_view& payload, std::size_t value_bytes) {
    constexpr std::string_view name = R"("value":")";
    const auto found = payload.find(name);
    if (found == std::string_view::npos) return std::nullopt;
    payload.remove_prefix(found + name.size());
    auto value = payload.substr(0, value_bytes);
    payload.remove_prefix(std::min(value_bytes, payload.size()));
    return take_number(value);
}

}  // namespace confcast::load
