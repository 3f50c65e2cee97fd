#include "shared.hpp"

#include <algorithm>

#include "confcast/http/standard_middleware.hpp"

namespace confcast::http {
namespace {

using std::chrono::milliseconds;

/// Often enough that no deadline is missed by more than a quarter of it.
milliseconds sweep_interval(const ServerOptions& o) {
    const auto shortest =
        std::min({o.head_timeout, o.body_timeout, o.write_timeout, o.idle_timeout, o.handshake_timeout,
                  o.tls_handshake_timeout, o.ping_interval, o.pong_timeout, o.stream_keep_alive});
    return std::clamp(shortest / 4, milliseconds{5}, milliseconds{500});
}

}  // namespace

Shared::Shared(const Executor& on, ServerOptions with, const Chain& serve, const ErrorRenderer& answer,
               const Clock& time, Log& to)
    : executor(on),
      options(std::move(with)),
      chain(serve),
      render(answer),
      clock(time),
      log(to),
      poller(std::make_shared<Poller>(on)),
      connections(on, time, sweep_interval(options)),
      around_refusals_{request_id(), language()} {}

void Shared::reconfigure(ServerOptions with) {
    options = std::move(with);
    connections.set_interval(sweep_interval(options));
}

std::string_view Shared::date_at(SteadyTime now) {
    if (now < date_until_ && now >= date_from_) return date_now_;
    using std::chrono::seconds;
    const SystemTime wall = clock.wall();
    date_now_ = date.at(wall);
    date_from_ = now;
    date_until_ = now + (std::chrono::floor<seconds>(wall) + seconds{1} - wall);
    return date_now_;
}

Awaitable<Response> Shared::refusal(Request& request, Error error) {
    Context context(request);
    context.started = clock.now();
    const Handler last = [this, &error](Context& c) -> Awaitable<Response> { co_return render(c, error); };
    const Chain chain_of_refusal(around_refusals_, last);
    Response response = co_await chain_of_refusal.run(context);
    response.close = true;
    co_return response;
}

}  // namespace confcast::http
