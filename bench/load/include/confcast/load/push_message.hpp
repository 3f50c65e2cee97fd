// Reads what the generator needs out of a server message without parsing JSON: it must cost less than what it measures.
// Knows the shape that confcast writes: compact, `seq_id` first, then `type`, then `payload`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace confcast::load {

struct PushMessage {
    std::uint64_t seq_id = 0;
    std::string_view type;  // "" when the bytes have not the shape above
    std::optional<std::uint64_t> coalesced_from;
    std::string_view payload;  // what is left of the message behind the type
};

/// Views into `json`.
PushMessage scan_message(std::string_view json);

/// The publications in a message's payload: values that begin with a decimal number. Takes the next one off `payload`;
/// nullopt when there is none left. `value_bytes` is how long each value is (it is skipped, not searched).
std::optional<std::uint64_t> next_publication(std::string_view& payload, std::size_t value_bytes);

}  // namespace confcast::load
