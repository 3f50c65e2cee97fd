// What an answer costs above HTTP: the envelope, a body, a whole GET and PUT through the chain (over a store in memory,
// no sockets).
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <string>

#include "confcast/api/api.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/test/memory_store.hpp"
#include "confcast/test/run.hpp"
#include "envelope.hpp"
#include "json_body.hpp"
#include "query.hpp"

namespace confcast::api {
namespace {

void EnvelopeSuccess(benchmark::State& state) {
    const std::string data(static_cast<std::size_t>(state.range(0)), '1');
    for (auto _ : state) benchmark::DoNotOptimize(success_text(data));
}
BENCHMARK(EnvelopeSuccess)->Arg(64)->Arg(1024)->Arg(16384);

void EnvelopeFailure(benchmark::State& state) {
    const Error error = Error(Errc::precondition_failed).with("key", "app/port").with("mod_revision", 42);
    for (auto _ : state) benchmark::DoNotOptimize(failure_text(error, http::Language::en));
}
BENCHMARK(EnvelopeFailure);

void ParseJsonBody(benchmark::State& state) {
    const std::string body =
        R"({"value":")" + std::string(static_cast<std::size_t>(state.range(0)), 'v') + R"(","message":"why","ttl":60})";
    for (auto _ : state) benchmark::DoNotOptimize(parse_json(body));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(ParseJsonBody)->Arg(256)->Arg(16384)->Arg(1 << 20);

void ParseQuery(benchmark::State& state) {
    constexpr std::array<Parameter, 4> known{{{"prefix"}, {"limit"}, {"cursor"}, {"fields"}}};
    for (auto _ : state) benchmark::DoNotOptimize(Query::parse("prefix=app/&limit=100&fields=meta", known));
}
BENCHMARK(ParseQuery);

// A node without sockets.
class Node {
  public:
    explicit Node(std::size_t value_bytes)
        : store_(io_.get_executor(), clock_),
          layout_(*store::Layout::make("/config/")),
          feed_(io_.get_executor(), store_, layout_, {}, clock_, log_),
          hub_(feed_, {}, clock_, log_),
          api_(io_.get_executor(), {store_, feed_, hub_, layout_, clock_, log_, [] { return std::string(); }}, {}),
          tasks_(io_.get_executor(), log_) {
        log_.set_level(LogLevel::warning);
        store_.put(layout_.entry_key("app/port"), std::string(value_bytes, 'v'));
        tasks_.spawn("replicator", feed_.run_replicator());
        while (!feed_.ready()) io_.run_one();
    }
    ~Node() {
        tasks_.cancel();
        test::run(io_, tasks_.join(SteadyTime::max()));
    }

    // Many requests in one coroutine: what is measured is the chain, not the start of the loop.
    void serve(benchmark::State& state, const http::Request& request) {
        test::run(io_, serve_all(state, request), std::chrono::seconds(600));
    }

  private:
    Awaitable<> serve_all(benchmark::State& state, http::Request request) {
        const std::string body = request.body;
        for (auto _ : state) {
            request.body = body;
            http::Context context(request);
            context.started = clock_.now();
            http::Response response = co_await api_.chain().run(context);
            benchmark::DoNotOptimize(response);
        }
    }

    asio::io_context io_{1};
    ManualClock clock_;
    NullLog log_;
    test::MemoryStore store_;
    store::Layout layout_;
    feed::Feed feed_;
    push::Hub hub_;
    Api api_;
    TaskGroup tasks_;
};

http::Request request_for(http::Method method, std::string_view path) {
    http::Request request;
    request.method = method;
    request.target = request.path = path;
    request.headers = {{"Host", "127.0.0.1:8080"}, {"User-Agent", "bench"}, {"Accept", "*/*"}};
    return request;
}

void GetOneKey(benchmark::State& state) {
    Node node(static_cast<std::size_t>(state.range(0)));
    node.serve(state, request_for(http::Method::get, "/api/v1/config/app/port"));
}
BENCHMARK(GetOneKey)->Arg(256)->Arg(16384);

void GetNotFound(benchmark::State& state) {
    Node node(256);
    node.serve(state, request_for(http::Method::get, "/api/v1/config/app/nothing"));
}
BENCHMARK(GetNotFound);

void PutOneKey(benchmark::State& state) {
    Node node(256);
    http::Request request = request_for(http::Method::put, "/api/v1/config/app/port");
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = R"({"value":")" + std::string(256, 'v') + R"("})";
    node.serve(state, request);
}
BENCHMARK(PutOneKey)->Iterations(100'000);

}  // namespace
}  // namespace confcast::api
