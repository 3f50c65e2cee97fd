// What an answer costs above HTTP: the envelope, a body, a whole GET and PUT through the chain (over the embedded
// store, no sockets).
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "confcast/api/api.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/store/embedded.hpp"
#include "envelope.hpp"
#include "json_body.hpp"
#include "query.hpp"

namespace {
std::size_t allocations = 0;
}

// The whole program counts.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace confcast::api {
namespace {

void EnvelopeSuccess(benchmark::State& state) {
    const std::string data(static_cast<std::size_t>(state.range(0)), '1');
    for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(success_text(data));
}
BENCHMARK(EnvelopeSuccess)->Arg(64)->Arg(1024)->Arg(16384);

void EnvelopeFailure(benchmark::State& state) {
    const Error error = Error(Errc::precondition_failed).with("key", "app/port").with("mod_revision", 42);
    for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(failure_text(error, http::Language::en));
}
BENCHMARK(EnvelopeFailure);

void ParseJsonBody(benchmark::State& state) {
    const std::string body =
        R"({"value":")" + std::string(static_cast<std::size_t>(state.range(0)), 'v') + R"(","message":"why","ttl":60})";
    for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(parse_json(body));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(ParseJsonBody)->Arg(256)->Arg(16384)->Arg(1 << 20);

void ParseQuery(benchmark::State& state) {
    constexpr std::array<Parameter, 4> known{{{"prefix"}, {"limit"}, {"cursor"}, {"fields"}}};
    for ([[maybe_unused]] auto turn : state)
        benchmark::DoNotOptimize(Query::parse("prefix=app/&limit=100&fields=meta", known));
}
BENCHMARK(ParseQuery);

// A node without sockets, in a directory of its own.
class Node {
  public:
    explicit Node(std::size_t value_bytes)
        : store_(open_store()),
          layout_(*store::Layout::make("/config/")),
          feed_(io_.get_executor(), *store_, layout_, {}, clock_, log_),
          hub_(io_.get_executor(), feed_, {}, clock_, log_),
          api_(io_.get_executor(), {*store_, feed_, hub_, layout_, clock_, log_, [] { return std::string(); }}, {}),
          tasks_(io_.get_executor(), log_) {
        tasks_.spawn("replicator", feed_.run_replicator());
        while (!feed_.ready()) io_.run_one();
        http::Request first = request_for(http::Method::put, "/api/v1/config/app/port");
        first.body = std::string(value_bytes, 'v');
        run(serve_once(std::move(first)));
    }
    ~Node() {
        tasks_.cancel();
        run(end());
        store_.reset();
        std::filesystem::remove_all(directory_);
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Many requests in one coroutine: what is measured is the chain, not the start of the loop.
    void serve(benchmark::State& state, const http::Request& request) { run(serve_all(state, request)); }

    static http::Request request_for(http::Method method, std::string_view path) {
        http::Request request;
        request.method = method;
        request.target = request.path = path;
        request.headers = {{"Host", "127.0.0.1:8080"}, {"User-Agent", "bench"}, {"Accept", "*/*"}};
        return request;
    }

  private:
    std::unique_ptr<store::EmbeddedStore> open_store() {
        log_.set_level(LogLevel::warning);
        store::EmbeddedOptions options;
        options.directory = directory_.string();
        options.synchronous_full = false;  // the disk is measured elsewhere
        return store::EmbeddedStore::open(io_.get_executor(), options, clock_, log_).value();
    }
    void run(Awaitable<> coroutine) {
        bool done = false;
        asio::co_spawn(io_, std::move(coroutine), [&done](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
            done = true;
        });
        io_.restart();
        while (!done) io_.run_one();  // NOLINT(bugprone-infinite-loop): the coroutine ends it
    }
    Awaitable<> end() {
        [[maybe_unused]] const bool ended = co_await tasks_.join(SteadyTime::max());
        co_await store_->close();
    }
    Awaitable<> serve_once(http::Request request) {
        http::Context context(request);
        [[maybe_unused]] const http::Response response = co_await api_.chain().run(context);
    }
    Awaitable<> serve_all(benchmark::State& state, http::Request request) {
        const std::string body = request.body;
        const std::size_t before = allocations;
        for ([[maybe_unused]] auto turn : state) {
            if (!body.empty()) request.body = body;
            http::Context context(request);
            context.started = clock_.now();
            http::Answer answer = api_.chain().start(context);
            if (answer.here() != nullptr) {
                benchmark::DoNotOptimize(answer.here());
                continue;
            }
            http::Response response = co_await std::move(answer).wait();
            benchmark::DoNotOptimize(response);
        }
        state.counters["allocations"] =
            benchmark::Counter(static_cast<double>(allocations - before), benchmark::Counter::kAvgIterations);
    }

    asio::io_context io_{1};
    SystemClock clock_;
    NullLog log_;
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() / ("confcast-api-bench-" + std::to_string(::getpid()));
    std::unique_ptr<store::EmbeddedStore> store_;
    store::Layout layout_;
    feed::Feed feed_;
    push::Hub hub_;
    Api api_;
    TaskGroup tasks_;
};

void GetOneKey(benchmark::State& state) {
    Node node(static_cast<std::size_t>(state.range(0)));
    node.serve(state, Node::request_for(http::Method::get, "/api/v1/config/app/port"));
}
BENCHMARK(GetOneKey)->Arg(256)->Arg(16384);

/// With a query, which goes the endpoint's way and makes the answer anew.
void GetOneKeyByItsEndpoint(benchmark::State& state) {
    Node node(256);
    http::Request request = Node::request_for(http::Method::get, "/api/v1/config/app/port");
    request.query = "raw=false";
    request.has_query = true;
    node.serve(state, request);
}
BENCHMARK(GetOneKeyByItsEndpoint);

void GetNotFound(benchmark::State& state) {
    Node node(256);
    node.serve(state, Node::request_for(http::Method::get, "/api/v1/config/app/nothing"));
}
BENCHMARK(GetNotFound);

void PutOneKey(benchmark::State& state) {
    Node node(256);
    http::Request request = Node::request_for(http::Method::put, "/api/v1/config/app/port");
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = R"({"value":")" + std::string(256, 'v') + R"("})";
    node.serve(state, request);
}
BENCHMARK(PutOneKey)->Iterations(5'000);

}  // namespace
}  // namespace confcast::api
