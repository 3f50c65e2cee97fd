#include "confcast/http/headers.hpp"

#include <algorithm>
#include <span>

namespace confcast::http {
namespace {

// Room for what the middlewares of a server usually say, taken once.
constexpr std::size_t usual_size = 224;

void append_clean(std::string& out, std::string_view text) {
    const auto from = out.size();
    out += text;
    // Without a branch, so that the compiler takes many at a time.
    for (char& c : std::span(out).subspan(from)) c = c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || lower(x) == lower(y); });
}

HeaderLines::Pair HeaderLines::Iterator::operator*() const {
    const std::string_view line = rest_.substr(0, rest_.find('\r'));
    const std::size_t colon = std::min(line.find(": "), line.size());
    return {line.substr(0, colon), line.substr(std::min(colon + 2, line.size()))};
}

HeaderLines::Iterator& HeaderLines::Iterator::operator++() {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    return *this;
}

void HeaderLines::emplace_back(std::string_view name, std::string_view value) {
    names_.add(name);
    if (text_.empty()) text_.reserve(std::max(usual_size, name.size() + value.size() + 4));
    append_clean(text_, name);
    text_ += ": ";
    append_clean(text_, value);
    text_ += "\r\n";
}

void HeaderLines::set(std::string_view name, std::string_view value) {
    const auto old = first(name);
    if (!old) {
        emplace_back(name, value);
        return;
    }
    std::string clean;
    append_clean(clean, value);
    text_.replace(static_cast<std::size_t>(old->data() - text_.data()), old->size(), clean);
}

std::optional<std::string_view> HeaderLines::first(std::string_view name) const {
    if (!names_.may_have(name)) return std::nullopt;
    for (const auto& [key, value] : *this)
        if (iequals(key, name)) return value;
    return std::nullopt;
}

}  // namespace confcast::http
