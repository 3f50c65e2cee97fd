// The server: owns every room, in order, and its life from listening to the last byte.
//
//      listen -> run -> SIGTERM -> not ready -> stop accepting -> goaway to streams, finish answers -> wait
//                    -> cut what is left -> end the tasks -> close the store -> the loop runs empty
//
// Invariant: nobody stops the loop; it ends because there is no more work. Destruction is the reverse of construction.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <cstdint>
#include <memory>
#include <utility>

#include "access_control.hpp"
#include "confcast/api/api.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/http/server.hpp"
#include "confcast/observe/loop_monitor.hpp"
#include "confcast/observe/metrics.hpp"
#include "confcast/observe/request_metrics.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/store.hpp"
#include "memory_budget.hpp"
#include "options.hpp"
#include "reloader.hpp"
#include "secure.hpp"
#include "spare_memory.hpp"

namespace confcast::app {

class Application {
  public:
    /// All references outlive the application; `io` is not run before.
    Application(asio::io_context& io, const Options& options, store::Store& store, store::Layout layout,
                const Clock& clock, Log& log);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// Reads the credentials, binds the port. Error: invalid_parameter with detail "reason".
    Result<> listen();
    /// The real one, after listen().
    std::uint16_t port() const { return server_.port(); }
    /// For what the application does not know: the store's engine. Before run().
    observe::Registry& registry() { return registry_; }
    /// Who is told how it goes. Outlives the application; before run().
    void set_manager(const ServiceManager& manager) { manager_ = &manager; }
    /// How the configuration is read again; without it a reload is one of credentials and certificates. Before run().
    void set_reloader(std::unique_ptr<Reloader> reloader) { reloader_ = std::move(reloader); }
    /// Reads again what may change while the server runs (SIGHUP, POST /-/reload). Each part keeps what it has when its
    /// new is wrong.
    api::ReloadReport reload();
    /// Serves until a signal; returns when everything has ended.
    void run();

  private:
    void start_tasks();
    Awaitable<> accept_clients();
    Awaitable<> tick_streams();
    void give_memory_back();
    Awaitable<> watch_credentials();
    Awaitable<> announce();
    Awaitable<> tell_manager();
    std::string status() const;
    Awaitable<> wait_for_signals();
    Awaitable<> wait_for_hangups();
    Awaitable<> end();
    void register_metrics();
    void observe(const http::Access& access);
    void take(const Options& options);

    asio::io_context& io_;
    Options options_;  // what is live of it changes with a reload
    std::unique_ptr<Reloader> reloader_;
    const ServiceManager* manager_ = nullptr;
    store::Store& store_;
    const store::Layout layout_;
    const Clock& clock_;
    Log& log_;

    observe::LoopMonitor loop_monitor_;
    observe::Registry registry_;
    observe::RequestMetrics request_metrics_;
    AccessControl access_;
    MemoryBudget memory_;
    SpareMemory spare_;
    feed::Feed feed_;
    push::Hub hub_;
    api::Api api_;
    http::Server server_;
    Secure secure_;
    TaskGroup tasks_;
    asio::basic_signal_set<Executor> signals_;
    asio::basic_signal_set<Executor> hangups_;
    std::uint64_t escaped_ = 0;  // exceptions that reached the loop
    std::uint64_t reloads_ = 0;
    std::uint64_t reload_failures_ = 0;
    bool last_reload_failed_ = false;
};

}  // namespace confcast::app
