// What SIGHUP does: reads again what may change while the server runs. Each part keeps what it has when the new is
// wrong, and says so.
#include "application.hpp"

namespace confcast::app {

void Application::reload() { secure_.reload(); }

// Cancellation: ends the wait, and this returns.
Awaitable<> Application::wait_for_hangups() {
    for (;;) {
        const auto [ec, signal] = co_await hangups_.async_wait(as_result);
        if (ec) co_return;
        reload();
    }
}

}  // namespace confcast::app
