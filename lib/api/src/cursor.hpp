// Where a list goes on: opaque to clients, everything that a node needs to continue, so that any node can.
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/store/types.hpp"

namespace confcast::api {

struct Cursor {
    store::Epoch epoch;
    store::Revision revision = 0;  // all pages are of this one
    std::string prefix;
    std::string last_key;  // of the page before

    std::string to_text() const;
    /// Error: invalid_parameter (parameter "cursor") unless `text` is what to_text() makes.
    static Result<Cursor> parse(std::string_view text);
};

}  // namespace confcast::api
