// What all TLS connections of a client have in common: whom to trust, and who this side is. For the files of this room
// that hold Beast.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/client/failure.hpp"
#include "confcast/client/options.hpp"

namespace confcast::client {

struct Tls {
    asio::ssl::context context{asio::ssl::context::tls_client};
    bool verify = true;
    std::string server_name{};  // "" = the endpoint's host
};

/// Reads the files that the options name. `file` with a sentence when one cannot be used.
Result<std::shared_ptr<Tls>> make_tls(const Options& options);

}  // namespace confcast::client
