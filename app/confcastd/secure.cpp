#include "secure.hpp"

namespace confcast::app {
namespace {

// It answers at once and closes soon; the descriptors are for the server itself.
constexpr std::size_t most_redirected = 256;

}  // namespace

Secure::Secure(const TlsSetup& setup, http::Server& server, const Clock& clock, Log& log)
    : setup_(setup), server_(server), clock_(clock), log_(log) {}

Result<> Secure::load() {
    if (!wanted()) return {};
    const auto loaded = http::TlsContext::load(setup_.files, clock_.wall());
    if (!loaded) return loaded.error();
    context_ = *loaded;
    server_.set_tls(context_);
    if (!context_->warning().empty()) log_.warning("app", context_->warning());
    return {};
}

Result<> Secure::reload() {
    if (!wanted()) return {};
    const Result<> loaded = load();
    if (loaded)
        log_.info("app", "the certificate was read again", {{"file", setup_.files.certificate_file.string()}});
    else
        ++reload_failures_;
    return loaded;
}

Result<> Secure::listen_for_redirect(const Executor& executor, http::ServerOptions options,
                                     const http::ErrorRenderer& render) {
    if (setup_.redirect.empty()) return {};
    redirect_chain_ = http::make_redirect(server_.port(), render);
    options.port = setup_.redirect_port;
    options.max_connections = most_redirected;
    options.body_limit = nullptr;
    redirect_ = std::make_unique<http::Server>(executor, std::move(options), redirect_chain_, render, clock_, log_);
    const Result<> listening = redirect_->listen();
    if (listening) log_.info("app", "leading clients without TLS to it", {{"port", redirect_->port()}});
    return listening;
}

void Secure::start(TaskGroup& tasks) {
    if (redirect_) tasks.spawn("redirect", redirect_->run());
}

Awaitable<> Secure::shutdown(SteadyTime deadline) {
    if (redirect_) co_await redirect_->shutdown(deadline);
}

void Secure::register_metrics(observe::Registry& registry) const {
    if (!wanted()) return;
    registry.gauge("confcast_tls_certificate_expiry_timestamp_seconds", "When the certificate in use ends", [this] {
        return context_ ? std::chrono::duration<double>(context_->expires().time_since_epoch()).count() : 0.0;
    });
    registry.counter("confcast_tls_reload_failures_total", "Reloads that kept the old certificate",
                     [this] { return static_cast<double>(reload_failures_); });
}

}  // namespace confcast::app
