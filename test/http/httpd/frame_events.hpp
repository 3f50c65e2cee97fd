// What comes out of a FrameReader, as one line of text.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "frame_reader.hpp"

namespace confcast::test {

inline const char* name_of(http::FrameReader::Kind kind) {
    static constexpr const char* names[] = {"none", "text", "binary", "ping", "pong", "close", "failed"};
    return names[static_cast<std::size_t>(kind)];
}

/// `bytes` in pieces of these sizes, then the rest: "text:Hello ping: close:1000 ". Ends where it fails.
inline std::string outcome_of(std::string_view bytes, std::size_t limit, const std::vector<std::size_t>& sizes = {}) {
    using Kind = http::FrameReader::Kind;
    http::FrameReader reader(limit);
    std::string out;
    for (std::size_t i = 0; i <= sizes.size(); ++i) {
        const std::size_t size = i < sizes.size() ? std::min(sizes[i], bytes.size()) : bytes.size();
        std::string piece(bytes.substr(0, size));  // of its own: who reads beyond it is found
        bytes.remove_prefix(size);
        std::span<char> rest(piece);
        for (;;) {
            const http::FrameReader::Frame frame = reader.next(rest);
            if (frame.kind == Kind::none) break;
            out += name_of(frame.kind);
            out += ':';
            if (frame.kind == Kind::close || frame.kind == Kind::failed)
                out += std::to_string(frame.code);
            else
                out += frame.data;
            out += ' ';
            if (frame.kind == Kind::failed) return out;
        }
    }
    return out;
}

}  // namespace confcast::test
