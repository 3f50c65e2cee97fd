#include "confcast/push/client.hpp"

namespace confcast::push {

// The same form as an epoch's.
std::string session_name(std::uint64_t session) { return store::Epoch{session}.to_string(); }

std::optional<std::uint64_t> parse_session_name(std::string_view text) {
    const auto parsed = store::Epoch::parse(text);
    if (!parsed) return std::nullopt;
    return parsed->id;
}

}  // namespace confcast::push
