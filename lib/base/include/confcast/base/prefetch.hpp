// Asking for memory that is needed in a moment, so that it is near by then.
#pragma once

#include <cstddef>

namespace confcast {

/// A hint to the processor: these bytes are soon read and written. Changes nothing else, whatever the address.
inline void prefetch(const void* at, std::size_t bytes) {
    constexpr std::size_t line = 64;
    const auto* const first = static_cast<const char*>(at);
    for (std::size_t i = 0; i < bytes; i += line) __builtin_prefetch(first + i, 1);
}

}  // namespace confcast
