// Which of our languages an Accept-Language header asks for (RFC 9110, 12.5.4). Private to the language middleware.
#pragma once

#include <string_view>

#include "confcast/http/message.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::http {

/// zh when it is preferred over en: the greater q wins, of equals the earlier. Any range of a language counts for it
/// (zh-CN, zh-Hans, en-GB), `*` for the ones that are not named. What does not parse is left out; en when nothing is
/// said. Several headers of that name are one list.
Language preferred_language(const Headers& headers);

}  // namespace confcast::http
