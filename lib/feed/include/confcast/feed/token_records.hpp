// The records of API tokens as the store has them, for whoever decides who may do what. The feed does not know what is
// in them; it says when they change, before it says anything else of the revision that changed them.
#pragma once

#include <map>
#include <string>

#include "confcast/store/types.hpp"

namespace confcast::feed {

struct TokenRecord {
    std::string bytes;
    store::Revision revision = 0;  // of the last change
    friend bool operator==(const TokenRecord&, const TokenRecord&) = default;
};

/// By id.
using TokenRecords = std::map<std::string, TokenRecord, std::less<>>;

}  // namespace confcast::feed
