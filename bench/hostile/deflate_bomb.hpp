// DEFLATE (RFC 1951) that unpacks to very much more than it is: one fixed-Huffman block of a zero and then runs of 258
// bytes, 13 bits each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace confcast::hostile {

/// About `size` bytes, which unpack to a hundred and sixty times as many.
inline std::string deflate_bomb(std::size_t size) {
    std::string out;
    std::uint32_t bits = 0;
    unsigned have = 0;
    const auto put = [&](std::uint32_t value, unsigned count) {
        for (unsigned i = count; i > 0; --i) {  // Huffman codes go from their first bit on
            bits |= ((value >> (i - 1)) & 1U) << have;
            if (++have < 8) continue;
            out += static_cast<char>(bits);
            bits = have = 0;
        }
    };
    put(1, 1);           // the last block
    put(0b10, 2);        // fixed Huffman, its low bit first
    put(0b00110000, 8);  // a zero
    while (out.size() < size) {
        put(0b11000101, 8);  // 258 bytes
        put(0, 5);           // as the one before
    }
    put(0, 7);  // end of block
    put(0, 7);
    return out;
}

/// The same as gzip (RFC 1952), without a true checksum: whoever gets as far has unpacked it.
inline std::string gzip_bomb(std::size_t size) {
    return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + deflate_bomb(size) + std::string(8, '\0');
}

}  // namespace confcast::hostile
