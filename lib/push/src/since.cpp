#include <charconv>

#include "confcast/base/utf8.hpp"
#include "confcast/push/hub.hpp"

namespace confcast::push {
namespace {

Error refuse(std::string_view text, std::string_view reason) {
    return Error(Errc::invalid_since).with("since", escape_invalid_utf8(text.substr(0, 64))).with("reason", reason);
}

}  // namespace

Result<Since> Since::parse(std::string_view text) {
    Since since;
    std::string_view digits = text;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        since.epoch = feed::Epoch::parse(text.substr(0, colon));
        if (!since.epoch) return refuse(text, "the epoch is not 16 hexadecimal digits");
        digits.remove_prefix(colon + 1);
    }
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), since.revision);
    if (ec == std::errc::result_out_of_range) return refuse(text, "the revision is too large");
    if (ec != std::errc{} || end != digits.data() + digits.size()) return refuse(text, "the revision is not a number");
    if (since.revision < 0) return refuse(text, "the revision is negative");
    // 0 is what the server sends while the client owns no position (push-protocol.md).
    if (since.revision == 0) return refuse(text, "0 is not a position: resume without since");
    return since;
}

}  // namespace confcast::push
