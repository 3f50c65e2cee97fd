// Frames of a WebSocket client: the reader says the same however the bytes are cut, keeps to the limit, and gives on
// only text that is text. Input: a byte that says how they are cut, then what the client sends.
#include "confcast/base/utf8.hpp"
#include "frame_events.hpp"
#include "frame_reader.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr std::size_t limit = 300;

void check_frames(std::string bytes) {
    using Kind = http::FrameReader::Kind;
    http::FrameReader reader(limit);
    std::span<char> rest(bytes);
    for (;;) {
        const http::FrameReader::Frame frame = reader.next(rest);
        switch (frame.kind) {
            case Kind::none:
                demand(rest.empty(), "all is taken");
                return;
            case Kind::failed:
                demand(frame.code == 1002 || frame.code == 1007 || frame.code == 1009, "a reason to close");
                return;
            case Kind::text:
                demand(is_valid_utf8(frame.data), "text is text");
                [[fallthrough]];
            case Kind::binary:
                demand(frame.data.size() <= limit, "a message keeps to the limit");
                break;
            case Kind::close:
                demand(frame.code == 0 || (frame.code >= 1000 && frame.code <= 4999), "a code that there is");
                [[fallthrough]];
            case Kind::ping:
            case Kind::pong:
                demand(frame.data.size() <= 125, "a control frame is short");
                break;
        }
    }
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(frames) {
    Input input(bytes);
    const std::size_t size = 1 + input.byte() % 16U;
    const std::string_view sent = input.rest();
    check_frames(std::string(sent));
    const std::vector<std::size_t> cuts(sent.size() / size, size);
    demand(test::outcome_of(sent, limit) == test::outcome_of(sent, limit, cuts), "the cut does not matter");
}
