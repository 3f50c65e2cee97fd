// TLS of the application's server: its certificate, read again when it is told to, and the port that leads to it.
#pragma once

#include <memory>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/http/redirect.hpp"
#include "confcast/http/server.hpp"
#include "confcast/observe/metrics.hpp"
#include "tls_setup.hpp"

namespace confcast::app {

class Secure {
  public:
    /// All references outlive this.
    Secure(const TlsSetup& setup, http::Server& server, const Clock& clock, Log& log);

    /// Gives the server its certificate. Without TLS nothing. Error: invalid_parameter with detail "reason".
    Result<> load();
    /// The same again, for connections to come. Error: what is wrong, as above; the old certificate stays.
    Result<> reload();
    /// After the server listens: the port that leads there, if one is wanted. `options`: the server's own.
    Result<> listen_for_redirect(const Executor& executor, http::ServerOptions options,
                                 const http::ErrorRenderer& render);
    /// Serves it.
    void start(TaskGroup& tasks);
    /// Ends it by the deadline.
    Awaitable<> shutdown(SteadyTime deadline);

    bool wanted() const { return setup_.wanted(); }
    void register_metrics(observe::Registry& registry) const;

  private:
    const TlsSetup& setup_;
    http::Server& server_;
    const Clock& clock_;
    Log& log_;
    std::shared_ptr<const http::TlsContext> context_;
    std::uint64_t reload_failures_ = 0;
    http::Chain redirect_chain_;
    std::unique_ptr<http::Server> redirect_;
};

}  // namespace confcast::app
