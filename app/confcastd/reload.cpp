// What SIGHUP does: reads again what may change while the server runs. Each part keeps what it has when the new is
// wrong, and says so.
#include "application.hpp"
#include "room_options.hpp"

namespace confcast::app {
namespace {

constexpr std::chrono::milliseconds look_for_credentials{500};

void tell(Log& log, const api::ReloadReport& report) {
    for (const std::string& problem : report.problems)
        log.error("app", "what is new cannot be taken: the old goes on", {{"error", problem}});
    for (const std::string& setting : report.needs_restart)
        log.warning("app", "a setting takes a restart", {{"setting", setting}});
    for (const std::string& setting : report.applied) log.info("app", "a setting was changed", {{"setting", setting}});
    if (report.problems.empty())
        log.info("app", "reloaded",
                 {{"applied", report.applied.size()}, {"needs_restart", report.needs_restart.size()}});
}

}  // namespace

api::ReloadReport Application::reload() {
    api::ReloadReport report;
    ++reloads_;
    if (manager_) manager_->tell_reloading();
    if (reloader_) {
        auto read = reloader_->read();
        if (auto* problems = std::get_if<std::vector<std::string>>(&read)) {
            report.problems = std::move(*problems);
        } else {
            auto& change = std::get<Reloader::Change>(read);
            take(change.options);
            report.applied = std::move(change.applied);
            report.needs_restart = std::move(change.needs_restart);
        }
    }
    if (const Result<> loaded = secure_.reload(); !loaded)
        report.problems.push_back("the certificate stays the old one: " + loaded.error().detail("reason"));
    for (const std::string& problem : access_.reload())
        report.problems.push_back("credentials or the audit stay as they are: " + problem);
    api_.recheck_access();
    last_reload_failed_ = !report.problems.empty();
    if (last_reload_failed_) ++reload_failures_;
    tell(log_, report);
    if (manager_) manager_->tell_ready(status());
    return report;
}

// In the order of request and stream: who is let in under the new limits meets none of the old.
void Application::take(const Options& options) {
    const std::optional<InheritedSocket> inherited = options_.inherited;
    options_ = options;
    if (inherited) adopt(options_, *inherited);  // it was taken once: nothing that decides it is live
    log_.set_level(options_.log_level);
    memory_.change(options_.access.memory_budget);
    access_.change(options_.access);
    server_.reconfigure(server_options(options_, api_));
    api_.reconfigure(options_.api);
    hub_.reconfigure(hub_options(options_, api_));
}

// Cancellation: ends the wait, and this returns.
Awaitable<> Application::wait_for_hangups() {
    for (;;) {
        const auto [ec, signal] = co_await hangups_.async_wait(as_result);
        if (ec) co_return;
        reload();
    }
}

// Who was let in by what a file no longer says is out within a second. Cancellation as above.
Awaitable<> Application::watch_credentials() {
    SteadyTimer timer(io_.get_executor());
    for (;;) {
        timer.expires_after(look_for_credentials);
        const auto [ec] = co_await timer.async_wait(as_result);
        if (ec) co_return;
        if (access_.poll()) api_.recheck_access();
    }
}

}  // namespace confcast::app
