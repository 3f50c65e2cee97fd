// What SIGHUP does: reads again what may change while the server runs. Each part keeps what it has when the new is
// wrong, and says so.
#include "application.hpp"

namespace confcast::app {
namespace {

constexpr std::chrono::milliseconds look_for_credentials{500};

}  // namespace

void Application::reload() {
    secure_.reload();
    for (const std::string& problem : access_.reload())
        log_.error("app", "credentials or the audit stay as they are", {{"error", problem}});
    api_.recheck_access();
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
