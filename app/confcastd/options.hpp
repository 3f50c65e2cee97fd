// What the server is told: every option with its default, checked, as one value.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "access_setup.hpp"
#include "confcast/api/api.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/http/server.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/store/embedded.hpp"
#include "etcd_setup.hpp"
#include "service_manager.hpp"
#include "settings/layers.hpp"
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
    std::optional<InheritedSocket> inherited;  // listens already; --listen is not looked at
};

/// The server listens on `socket` instead. A problem, or "": it may be open to more than nobody's credential allows.
std::string adopt(Options& options, InheritedSocket socket);

/// Makes options of what was given. For one use.
class OptionsReader {
  public:
    OptionsReader();
    ~OptionsReader();
    OptionsReader(const OptionsReader&) = delete;
    OptionsReader& operator=(const OptionsReader&) = delete;

    /// Of this program.
    static std::string_view version();
    /// The table: every setting there is.
    const Settings& settings() const;
    /// `layer`: what counts, of every setting that was given. Problems are added; with any the options are void.
    Options read(const Layer& layer, Problems& problems);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::app
