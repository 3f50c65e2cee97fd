// What the rooms are made of beyond what an operator says: how they ask each other.
#pragma once

#include "options.hpp"

namespace confcast::app {

/// `api` is used when a client shows a token, not before; it outlives the hub.
push::HubOptions hub_options(const Options& options, api::Api& api);
/// `api` outlives the server.
http::ServerOptions server_options(const Options& options, const api::Api& api);

}  // namespace confcast::app
