#include "confcast/http/server.hpp"

#include "listener.hpp"
#include "shared.hpp"

namespace confcast::http {

namespace {

/// Keeps the listener while its coroutine runs, whatever becomes of the server.
Awaitable<> run_listener(std::shared_ptr<Listener> listener) { co_await listener->run(); }

}  // namespace

struct Server::Impl {
    explicit Impl(std::shared_ptr<Shared> s) : shared(std::move(s)), listener(std::make_shared<Listener>(shared)) {}

    std::shared_ptr<Shared> shared;
    std::shared_ptr<Listener> listener;
};

Server::Server(Executor executor, ServerOptions options, const Chain& chain, const ErrorRenderer& render,
               const Clock& clock, Log& log) {
    impl_ = std::make_unique<Impl>(
        std::make_shared<Shared>(std::move(executor), std::move(options), chain, render, clock, log));
}

Server::~Server() {
    impl_->listener->close();
    impl_->shared->ending = true;
    impl_->shared->connections.stop();
    impl_->shared->connections.cut();
}

void Server::set_tls(std::shared_ptr<const TlsContext> tls) { impl_->shared->tls = std::move(tls); }
void Server::reconfigure(ServerOptions options) {
    impl_->shared->reconfigure(std::move(options));
    impl_->listener->take_limits();
}
Result<> Server::listen() { return impl_->listener->open(); }
std::uint16_t Server::port() const { return impl_->listener->port(); }
Awaitable<> Server::run() { return run_listener(impl_->listener); }
void Server::stop_accepting() { impl_->listener->close(); }
void Server::sweep() { impl_->shared->connections.sweep(); }
const ServerStats& Server::stats() const { return impl_->shared->stats; }

Awaitable<> Server::shutdown(SteadyTime deadline) {
    const std::shared_ptr<Shared> shared = impl_->shared;
    stop_accepting();
    shared->ending = true;
    shared->connections.wind_down();
    shared->connections.sweep();
    const bool all = co_await shared->connections.wait_until_empty(deadline);
    if (all) co_return;
    shared->log.warning("http", "cutting connections at the end of the shutdown");
    shared->connections.cut();
    shared->connections.cancel();
    // They end now, but each in its turn of the loop.
    [[maybe_unused]] const bool none_left = co_await shared->connections.wait_until_empty(SteadyTime::max());
}

}  // namespace confcast::http
