#include "application.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "confcast/http/test_routes.hpp"
#include "confcast/observe/process_metrics.hpp"
#include "numbers.hpp"
#include "room_options.hpp"

namespace confcast::app {
namespace {

constexpr std::chrono::milliseconds stream_tick{250};
constexpr std::chrono::seconds status_interval{5};
constexpr std::chrono::seconds patience_with_queue{3};
constexpr std::chrono::seconds task_end{5};  // for tasks to see that they are cancelled

std::string url_of(const http::ServerOptions& options, std::uint16_t port, bool secure) {
    const bool v6 = options.host.find(':') != std::string::npos;
    return (secure ? "https://" : "http://") + (v6 ? "[" + options.host + "]" : options.host) + ":" +
           std::to_string(port);
}

}  // namespace

Application::Application(asio::io_context& io, const Options& options, store::Store& store, store::Layout layout,
                         const Clock& clock, Log& log)
    : io_(io),
      options_(options),
      store_(store),
      layout_(std::move(layout)),
      clock_(clock),
      log_(log),
      loop_monitor_(clock),
      request_metrics_(registry_),
      access_(options.access, log),
      memory_(options.access.memory_budget, clock),
      feed_(io.get_executor(), store, layout_, options.feed, clock, log),
      hub_(io.get_executor(), feed_, hub_options(options, api_), clock, log),
      api_(
          io.get_executor(),
          {store, feed_, hub_, layout_, clock, log, [this] { return registry_.expose(); }, access_.authenticator(),
           [this] { return memory_.is_spent(); }, [this](std::string_view line) { access_.audit(line); },
           [this] { return reload(); }},
          options.api, [this](const http::Access& access) { observe(access); },
          [](http::Router& router) { http::add_test_routes(router); }),
      server_(io.get_executor(), server_options(options, api_), api_.chain(), api_.renderer(), clock, log),
      secure_(options_.tls, server_, clock, log),
      tasks_(io.get_executor(), log),
      signals_(io.get_executor()),
      hangups_(io.get_executor()) {
    register_metrics();
}

Result<> Application::listen() {
    if (const Result<> opened = access_.open(); !opened) return opened;
    if (const Result<> loaded = secure_.load(); !loaded) return loaded;
    if (const Result<> listening = server_.listen(); !listening) return listening;
    return secure_.listen_for_redirect(io_.get_executor(), options_.server, api_.renderer());
}

void Application::observe(const http::Access& access) {
    const http::Context& context = access.context;
    const http::Method method = context.request.method;
    const unsigned status = access.response.upgrade ? 101U : access.response.status;
    const double seconds = std::chrono::duration<double>(access.took).count();
    if (context.route_number == http::Context::no_route)
        request_metrics_.observe(http::to_string(method), context.route, status, seconds);
    else
        request_metrics_.observe(context.route_number * http::method_count + static_cast<std::size_t>(method),
                                 http::to_string(method), context.route, status, seconds);
}

void Application::register_metrics() {
    register_build(registry_, options_.api.version);
    secure_.register_metrics(registry_);
    register_server(registry_, server_);
    register_feed(registry_, feed_, clock_);
    register_hub(registry_, hub_);
    register_api(registry_, api_);
    register_access(registry_, access_, memory_);
    register_log(registry_, log_);
    registry_.counter("confcast_config_reloads_total", "Reloads of the configuration",
                      [this] { return static_cast<double>(reloads_); });
    registry_.counter("confcast_config_reload_failures_total",
                      "Reloads that kept something old because the new is wrong",
                      [this] { return static_cast<double>(reload_failures_); });
    registry_.gauge("confcast_config_last_reload_successful", "0 while the last reload kept something old, else 1",
                    [this] { return last_reload_failed_ ? 0.0 : 1.0; });
    registry_.counter("confcast_loop_exceptions_total", "Exceptions that reached the loop",
                      [this] { return static_cast<double>(escaped_); });
    registry_.counter("confcast_task_failures_total", "Background tasks that ended with an exception",
                      [this] { return static_cast<double>(tasks_.failures()); });
    loop_monitor_.register_in(registry_);
    observe::register_process_metrics(registry_);
}

void Application::run() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    hangups_.add(SIGHUP);
    start_tasks();
    // Whatever escapes is a bug: it is logged and counted, and the others are served on.
    for (;;) {
        try {
            io_.run();
            return;
        } catch (const std::exception& e) {
            ++escaped_;
            log_.error("app", "an exception reached the loop", {{"error", e.what()}});
        } catch (...) {
            ++escaped_;
            log_.error("app", "an unknown exception reached the loop");
        }
    }
}

void Application::start_tasks() {
    tasks_.spawn("replicator", feed_.run_replicator());
    tasks_.spawn("health", api_.run_health());
    tasks_.spawn("streams", tick_streams());
    tasks_.spawn("loop monitor", loop_monitor_.run());
    tasks_.spawn("credentials", watch_credentials());
    tasks_.spawn("listener", accept_clients());
    secure_.start(tasks_);
    tasks_.spawn("hangups", wait_for_hangups());
    tasks_.spawn("announcement", announce());
    tasks_.spawn("service manager", tell_manager());
    asio::co_spawn(io_, wait_for_signals(), [this](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);  // to the loop, which logs it
        log_.info("app", "stopped");
    });
}

// A port that the service manager keeps while nobody serves it has a queue: who waits there is not let in before there
// is an answer, so that a restart costs a moment and not a 503. A store that stays away is told all the same.
Awaitable<> Application::accept_clients() {
    if (options_.server.descriptor >= 0) {
        SteadyTimer timer(io_.get_executor());
        const SteadyTime end = clock_.now() + patience_with_queue;
        while (!feed_.ready() && clock_.now() < end) {
            timer.expires_after(std::chrono::milliseconds{5});
            const auto [ec] = co_await timer.async_wait(as_result);
            if (ec) co_return;
        }
    }
    co_await server_.run();
}

// Cancellation: ends the timer's wait, and this returns.
Awaitable<> Application::tick_streams() {
    SteadyTimer timer(io_.get_executor());
    for (;;) {
        timer.expires_after(stream_tick);
        const auto [ec] = co_await timer.async_wait(as_result);
        if (ec) co_return;
        hub_.tick();
        if (spare_.is_due(server_.stats().connections, clock_.now())) give_memory_back();
    }
}

void Application::give_memory_back() {
    const SteadyTime began = clock_.now();
    return_memory();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - began);
    log_.debug("app", "most clients have gone: what they used is given back", {{"ms", took.count()}});
}

// One line for people, on stdout, when the first request would be answered well.
Awaitable<> Application::announce() {
    if (!co_await feed_.until_ready()) co_return;
    const std::string url = url_of(options_.server, server_.port(), secure_.wanted());
    std::printf("confcast %s is ready: %s (settings in %s)\n", options_.api.version.c_str(), url.c_str(),
                options_.store_name.c_str());
    std::fflush(stdout);
    if (manager_) manager_->tell_ready(status());
    log_.info("app", "ready",
              {{"version", options_.api.version},
               {"url", url},
               {"epoch", feed_.position().epoch.to_string()},
               {"revision", feed_.position().revision},
               {"settings", feed_.state().size()}});
    if (options_.no_auth)
        log_.warning("app", "listening with --insecure-no-auth: whoever reaches the port may change settings");
    if (!options_.access.asks() && !options_.no_auth)
        log_.info("app", "nobody is asked for a credential: only this machine is served");
}

// "12 settings at revision 34, 5 streams", for systemctl status.
std::string Application::status() const {
    std::string text = std::to_string(feed_.state().size()) + " settings at revision " +
                       std::to_string(feed_.position().revision) + ", " + std::to_string(hub_.sessions()) + " streams";
    if (feed_.stale_since()) text += "; the store is away";
    return text;
}

// The loop says that it lives: a blocked one does not, and is restarted. Cancellation ends the wait.
Awaitable<> Application::tell_manager() {
    if (manager_ == nullptr || !manager_->listens()) co_return;
    std::chrono::microseconds pause = status_interval;
    if (manager_->watchdog()) pause = std::min(pause, *manager_->watchdog() / 3);
    SteadyTimer timer(io_.get_executor());
    for (;;) {
        timer.expires_after(pause);
        const auto [ec] = co_await timer.async_wait(as_result);
        if (ec) co_return;
        manager_->tell_alive(feed_.ready() ? status() : "waiting for the store");
    }
}

Awaitable<> Application::wait_for_signals() {
    const auto [failed, first] = co_await signals_.async_wait(as_result);
    if (failed) co_return;
    log_.info("app", "ending", {{"signal", first}});
    asio::co_spawn(io_, end(), [this](const std::exception_ptr& thrown) {
        // from here on a signal does what it does to any process
        signals_.cancel();
        signals_.clear();
        if (thrown) std::rethrow_exception(thrown);
    });
    const auto [ended, second] = co_await signals_.async_wait(as_result);
    if (ended) co_return;
    log_.warning("app", "ending at once", {{"signal", second}});
    co_await server_.shutdown(clock_.now());
}

Awaitable<> Application::end() {
    if (manager_) manager_->tell_stopping();
    api_.set_draining();
    server_.stop_accepting();
    hub_.drain("shutting down", options_.drain_timeout / 2);
    co_await server_.shutdown(clock_.now() + options_.drain_timeout);
    co_await secure_.shutdown(clock_.now());
    tasks_.cancel();
    const bool ended = co_await tasks_.join(clock_.now() + task_end);
    if (!ended) log_.warning("app", "tasks did not end in time", {{"tasks", tasks_.size()}});
    co_await store_.close();
}

}  // namespace confcast::app
