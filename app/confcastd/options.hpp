// The command line of confcastd: every option with its default, checked, as one value.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "access_setup.hpp"
#include "confcast/api/api.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/http/server.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/store/embedded.hpp"
#include "etcd_setup.hpp"
#include "tls_setup.hpp"

namespace confcast::app {

struct Options {
    http::ServerOptions server;                // --listen and the limits of connections
    std::string store_name = "sqlite:./data";  // --store as it was written
    store::EmbeddedOptions store;
    EtcdSetup etcd;  // used when it has endpoints
    TlsSetup tls;
    std::string prefix = "/config/";
    feed::FeedOptions feed;
    push::HubOptions push;
    api::ApiOptions api;
    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::text;
    AccessSetup access;
    bool no_auth = false;  // listen beyond this machine, though nobody has to say who they are
    std::chrono::milliseconds drain_timeout{10'000};
};

/// Nothing to run: what to print, and the exit code (0: help or version, to stdout; 2: a usage error, to stderr).
struct Ending {
    int code = 0;
    std::string text;
};

std::variant<Options, Ending> parse_options(int count, const char* const* arguments);

}  // namespace confcast::app
