#include "head_scanner.hpp"

#include <algorithm>

#include "characters.hpp"
#include "request_line.hpp"

namespace confcast::http {
namespace {

// RFC 9112, 2.2 asks for at least one; some clients send two behind a body.
constexpr unsigned max_empty_lines = 4;
// What a request line has besides its target: the longest method, two spaces, the version.
constexpr std::size_t line_overhead = 24;

Error malformed(std::string_view reason) { return Error(Errc::malformed_request).with("reason", reason); }

}  // namespace

Result<bool> HeadScanner::scan(std::string_view data) {
    for (;;) {
        // A first byte that starts no method (a TLS hello, a binary protocol) is answered at once, not at the deadline.
        if (line_ == begin_ && data.size() > begin_) {
            const char first = data[begin_];
            if (first == '\r' ? data.size() > begin_ + 1 && data[begin_ + 1] != '\n' : !is_token_char(first))
                return malformed(first == '\n' ? "a line ends without a carriage return"
                                               : "the request line does not start with a method");
        }
        const auto newline = data.find('\n', scanned_);
        if (newline == std::string_view::npos) {
            scanned_ = data.size();
            if (const auto ok = check_size(data.size()); !ok) return ok.error();
            if (const auto ok = check_first_line(data); !ok) return ok.error();
            return false;
        }
        if (newline == line_ || data[newline - 1] != '\r') return malformed("a line ends without a carriage return");
        const bool empty = newline - 1 == line_;
        const bool first_line = line_ == begin_;
        scanned_ = newline + 1;
        if (empty && first_line) {
            if (++empty_lines_ > max_empty_lines) return malformed("empty lines instead of a request");
            begin_ = line_ = scanned_;
            continue;
        }
        if (const auto ok = check_size(scanned_); !ok) return ok.error();
        line_ = scanned_;
        if (empty) return true;
    }
}

/// Who sends a line that is no request line may wait for an answer now (HTTP/0.9, another protocol). A head that comes
/// whole is not looked at twice.
Result<> HeadScanner::check_first_line(std::string_view data) {
    if (line_ == begin_ || line_checked_) return {};
    line_checked_ = true;
    const auto line = data.substr(begin_, data.find('\r', begin_) - begin_);
    if (const auto parsed = parse_request_line(line, limits_.max_target); !parsed) return parsed.error();
    return {};
}

Result<> HeadScanner::check_size(std::size_t size) const {
    const std::size_t taken = size - begin_;
    if (line_ == begin_ && taken > limits_.max_target + line_overhead)
        return Error(Errc::target_too_long).with("limit", static_cast<std::int64_t>(limits_.max_target));
    if (taken > limits_.max_head)
        return Error(Errc::header_too_large).with("limit", static_cast<std::int64_t>(limits_.max_head));
    return {};
}

}  // namespace confcast::http
