#include "confcast/store/types.hpp"

#include <charconv>

namespace confcast::store {

std::string Epoch::to_string() const {
    static constexpr char hex[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < 16; ++i) text[i] = hex[(id >> (60U - 4U * i)) & 15U];
    return text;
}

std::optional<Epoch> Epoch::parse(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    for (const char c : text)
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
    Epoch epoch;
    std::from_chars(text.data(), text.data() + text.size(), epoch.id, 16);
    return epoch;
}

std::string prefix_end(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty()) {
        const auto last = static_cast<unsigned char>(end.back());
        if (last < 0xFF) {
            end.back() = static_cast<char>(last + 1);
            return end;
        }
        end.pop_back();
    }
    return end;
}

KeyRange KeyRange::single(std::string_view key) {
    std::string end(key);
    end.push_back('\0');
    return {std::string(key), std::move(end)};
}

KeyRange KeyRange::prefix(std::string_view prefix) { return {std::string(prefix), prefix_end(prefix)}; }

}  // namespace confcast::store
