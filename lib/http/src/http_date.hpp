// The Date of an answer (RFC 9110, 5.6.7), made once a second.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "confcast/base/async.hpp"

namespace confcast::http {

class HttpDate {
  public:
    /// "Sun, 06 Nov 1994 08:49:37 GMT". Valid until the next call.
    std::string_view at(SystemTime time);

  private:
    std::time_t second_ = -1;
    std::string text_;
};

}  // namespace confcast::http
