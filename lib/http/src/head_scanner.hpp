// Finds the end of a request head in bytes that arrive in pieces, and refuses early what can no longer become one.
// Sans-io: looks at every byte once, however the bytes are split.
#pragma once

#include <cstddef>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::http {

class HeadScanner {
  public:
    struct Limits {
        std::size_t max_head = 0;
        std::size_t max_target = 0;
    };
    explicit HeadScanner(Limits limits) : limits_(limits) {}

    /// True: [begin(), end()) of `data` is a head, its empty line included. False: more bytes are needed. Error:
    /// what pass_gate() says of a request line, header_too_large. `data` begins with what the call before was given.
    Result<bool> scan(std::string_view data);

    std::size_t begin() const { return begin_; }
    std::size_t end() const { return scanned_; }
    void reset() { *this = HeadScanner(limits_); }

  private:
    Result<> check_size(std::size_t size) const;
    Result<> check_first_line(std::string_view data);

    Limits limits_;
    std::size_t begin_ = 0;    // of the request line: behind empty lines
    std::size_t line_ = 0;     // of the line that is not complete yet
    std::size_t scanned_ = 0;  // no line end before this that is not accounted for
    unsigned empty_lines_ = 0;
    bool line_checked_ = false;
};

}  // namespace confcast::http
