// What a request pays before its endpoint runs: the router's lookup, the chain, the request id.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <string>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/http/router_group.hpp"
#include "confcast/http/standard_middleware.hpp"

namespace confcast::http {
namespace {

Handler answer() {
    return [](Context&) -> Awaitable<Response> { co_return Response{}; };
}

/// The routes of docs/openapi.json.
void add_api_routes(Router& router, const Handler& handler = answer()) {
    for (const char* mount : {"/api/v1", ""}) {
        RouteGroup config(router, mount);
        config.get("/config", handler).post("/config", handler);
        config.get("/config/*key", handler).put("/config/*key", handler).del("/config/*key", handler);
    }
    RouteGroup api(router, "/api/v1");
    api.post("/txn", handler).get("/watch", handler).get("/errors", handler).get("/openapi.json", handler);
    RouteGroup root(router);
    for (const char* path : {"/ws", "/livez", "/readyz", "/healthz", "/metrics", "/version"}) root.get(path, handler);
}

/// A thousand more, ten kinds of resource in each of a hundred places.
void add_many_routes(Router& router) {
    for (int place = 0; place < 100; ++place) {
        RouteGroup group(router, "/place" + std::to_string(place));
        for (int kind = 0; kind < 9; ++kind) group.get("/kind" + std::to_string(kind) + "/:id/detail", answer());
        group.get("/files/*path", answer());
    }
}

void lookup(benchmark::State& state, Method method, std::string_view path, bool many) {
    Router router;
    add_api_routes(router);
    if (many) add_many_routes(router);
    for ([[maybe_unused]] auto _ : state) {
        const Router::Match match = router.find(method, path);
        benchmark::DoNotOptimize(&match);
    }
}

BENCHMARK_CAPTURE(lookup, api_static, Method::get, "/readyz", false);
BENCHMARK_CAPTURE(lookup, api_wildcard, Method::get, "/api/v1/config/shop/eu/checkout/timeout", false);
BENCHMARK_CAPTURE(lookup, api_wildcard_head, Method::head, "/api/v1/config/shop/eu/checkout/timeout", false);
BENCHMARK_CAPTURE(lookup, api_not_found, Method::get, "/api/v1/confog/shop", false);
BENCHMARK_CAPTURE(lookup, api_method_not_allowed, Method::patch, "/api/v1/config/shop", false);
BENCHMARK_CAPTURE(lookup, thousand_static, Method::get, "/readyz", true);
BENCHMARK_CAPTURE(lookup, thousand_param, Method::get, "/place57/kind3/4711/detail", true);
BENCHMARK_CAPTURE(lookup, thousand_wildcard, Method::get, "/place99/files/a/b/c/d.json", true);
BENCHMARK_CAPTURE(lookup, thousand_not_found, Method::get, "/place57/kind3/4711/details", true);

/// Passes the request on and looks at the answer, as a middleware does that may have to wait.
Awaitable<Response> run_middleware(Context& context, Next next) {
    Response response = co_await next(context);
    benchmark::DoNotOptimize(response.status);
    co_return response;
}

/// The same by one that does not.
Answer run_plain_middleware(Context& context, Next next) {
    Answer answer = next.pass(context);
    answer.then([](Response& response) { benchmark::DoNotOptimize(response.status); });
    return answer;
}

Handler answer_at_once() {
    return [](Context&) { return Response{}; };
}

Awaitable<> run_many(const Chain& chain, Context& context, benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
        // As a connection does: what is there is not awaited.
        Answer answer = chain.start(context);
        if (answer.here() != nullptr) {
            benchmark::DoNotOptimize(answer.here());
            continue;
        }
        const Response response = co_await std::move(answer).wait();
        benchmark::DoNotOptimize(&response);
    }
}

void measure(benchmark::State& state, std::vector<Middleware> list, const Handler& last, Request& request) {
    asio::io_context io(1);
    Context context(request);
    const Chain chain(std::move(list), last);
    asio::co_spawn(io.get_executor(), run_many(chain, context, state), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    io.run();
}

void chain(benchmark::State& state) {
    Request request;
    measure(state, std::vector<Middleware>(static_cast<std::size_t>(state.range(0)), Middleware(run_middleware)),
            answer(), request);
}
BENCHMARK(chain)->Arg(0)->Arg(3)->Arg(6);

void plain_chain(benchmark::State& state) {
    Request request;
    measure(state, std::vector<Middleware>(static_cast<std::size_t>(state.range(0)), Middleware(run_plain_middleware)),
            answer_at_once(), request);
}
BENCHMARK(plain_chain)->Arg(0)->Arg(3)->Arg(6);

void own_request_id(benchmark::State& state) {
    Request request;
    measure(state, {request_id()}, answer_at_once(), request);
}
BENCHMARK(own_request_id);

void clients_request_id(benchmark::State& state) {
    Request request;
    request.headers = {{"Host", "localhost"}, {"X-Request-Id", "0123456789abcdef0123456789abcdef"}};
    measure(state, {request_id()}, answer_at_once(), request);
}
BENCHMARK(clients_request_id);

void accept_language(benchmark::State& state) {
    Request request;
    request.headers = {{"Host", "localhost"}, {"Accept-Language", "zh-CN,zh;q=0.9,en-GB;q=0.8,en;q=0.7"}};
    measure(state, {language()}, answer_at_once(), request);
}
BENCHMARK(accept_language);

/// The first so many of those that the server has around its router, whose access log is off.
void standard_middlewares(benchmark::State& state) {
    const ErrorRenderer render = [](const Context&, const Error&) { return Response{}; };
    const SystemClock clock;
    NullLog log;
    log.set_level(LogLevel::warning);
    std::uint64_t failures = 0;
    std::uint64_t requests = 0;
    Request request;
    request.path = "/api/v1/config/shop/eu/checkout/timeout";
    request.headers = {{"Host", "localhost"}, {"User-Agent", "curl/7.88.1"}, {"Accept", "*/*"}};
    std::vector<Middleware> list{recover(render, log, failures), request_id(),
                                 access_log(clock, log, [&requests](const Access&) { ++requests; }), language()};
    list.resize(static_cast<std::size_t>(state.range(0)));
    measure(state, std::move(list), answer_at_once(), request);
}
BENCHMARK(standard_middlewares)->DenseRange(0, 4);

/// All of them around the router, as the server has them; the access log is off.
void whole_chain(benchmark::State& state) {
    Router router;
    add_api_routes(router, answer_at_once());
    const ErrorRenderer render = [](const Context&, const Error&) { return Response{}; };
    const SystemClock clock;
    NullLog log;
    log.set_level(LogLevel::warning);
    std::uint64_t failures = 0;
    std::uint64_t requests = 0;
    Request request;
    request.path = "/api/v1/config/shop/eu/checkout/timeout";
    request.headers = {{"Host", "localhost"}, {"User-Agent", "curl/7.88.1"}, {"Accept", "*/*"}};
    measure(state,
            {recover(render, log, failures), request_id(), language(),
             access_log(clock, log, [&requests](const Access&) { ++requests; })},
            router.as_handler(render), request);
}
BENCHMARK(whole_chain);

}  // namespace
}  // namespace confcast::http
