// Keys of a JWK set (RFC 7517).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jwt_key.hpp"

namespace confcast::auth {

struct WebKeys {
    std::vector<std::shared_ptr<const JwtKey>> keys;
    std::vector<std::string> notes;  // on those that are for something else
};

/// A set with a key that could be used but is broken, weak or private is refused as a whole, with its place.
Result<WebKeys> read_web_keys(std::string_view text);

}  // namespace confcast::auth
