#include "media_type.hpp"

#include <algorithm>

#include "confcast/http/message.hpp"

namespace confcast::api {
namespace {

bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_char); }

// Without the parameters and the blanks around it.
std::string_view essence_of(std::string_view text) {
    std::string_view essence = text.substr(0, text.find(';'));
    while (!essence.empty() && (essence.back() == ' ' || essence.back() == '\t')) essence.remove_suffix(1);
    while (!essence.empty() && (essence.front() == ' ' || essence.front() == '\t')) essence.remove_prefix(1);
    return essence;
}

}  // namespace

bool is_media_type(std::string_view text) {
    if (text.size() > max_content_type_bytes) return false;
    if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) return false;
    const std::string_view essence = essence_of(text);
    const std::size_t slash = essence.find('/');
    return slash != std::string_view::npos && is_token(essence.substr(0, slash)) && is_token(essence.substr(slash + 1));
}

bool is_json_media_type(std::string_view text) { return http::iequals(essence_of(text), "application/json"); }

}  // namespace confcast::api
