// The chain. A middleware is Answer(Context&, Next); not calling `next` is how it refuses.
//
//      request  ->  recover -> request id -> access log -> router -> [group's list] -> endpoint
//      response <-     <-          <-           <-           <-            <-            |
//
// List order is execution order. A middleware that waits for something itself is a coroutine, Awaitable<Response>(
// Context&, Next), and awaits next(context). One that does not is a plain function: it takes next.pass(context), and
// says with Answer::then() what is to be done to the response. It costs a call, not a frame, when nothing behind it
// waits either, and the same as a coroutine when something does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/trace_context.hpp"
#include "confcast/http/answer.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

/// Path parameters of the matched route: raw (still percent-encoded) views into the request's path.
struct PathParams {
    struct Param {
        std::string_view name;
        std::string_view value;
    };
    static constexpr std::size_t capacity = 8;
    Param items[capacity];
    std::size_t count = 0;
    /// "" when there is none of that name.
    std::string_view get(std::string_view name) const;
};

enum class Language : std::uint8_t { en, zh };

/// One request on its way: lives in the connection's frame for the duration of the chain.
struct Context {
    explicit Context(Request& r) : request(r) {}

    Request& request;
    PathParams params;
    std::string_view route;  // the matched pattern ("/api/v1/config/*key"), "" before or without a match
    /// The place of the match in Router::routes(); no_route before or without one.
    static constexpr std::size_t no_route = static_cast<std::size_t>(-1);
    std::size_t route_number = no_route;
    std::string request_id;
    std::optional<TraceContext> trace;  // the request's trace with a span of ours; unset when no middleware has asked
    bool is_traced = false;             // the request brought the trace: it is not one of ours
    Language language = Language::en;
    SteadyTime started;
    SteadyTime finished;                 // when the answer was known; zero when no middleware has looked
    std::shared_ptr<const void> caller;  // whoever a middleware has found it to be: http does not look into it
    std::string caller_name;             // the same for people; "" when nobody has asked
};

/// A coroutine, or a function that knows its answer.
using Handler = std::function<Answer(Context&)>;

class Next;
using Middleware = std::function<Answer(Context&, Next)>;

/// The rest of the chain. Cheap to copy; valid during the middleware's run. Call it at most once.
class Next {
  public:
    Next(std::span<const Middleware> rest, const Handler& last) : rest_(rest), last_(&last) {}
    /// For those who await. What of the rest does not wait has run when it returns, and may have thrown.
    Awaitable<Response> operator()(Context& context) const { return pass(context).wait(); }
    /// For those who do not.
    Answer pass(Context& context) const;

  private:
    std::span<const Middleware> rest_;
    const Handler* last_;
};

/// A list of middlewares around a handler.
class Chain {
  public:
    Chain() = default;
    Chain(std::vector<Middleware> list, Handler last) : list_(std::move(list)), last_(std::move(last)) {}
    Awaitable<Response> run(Context& context) const { return start(context).wait(); }
    /// As far as it goes without waiting.
    Answer start(Context& context) const { return Next(list_, last_).pass(context); }

  private:
    std::vector<Middleware> list_;
    Handler last_;
};

/// Makes the answer for an error that the chain itself finds (404, 405, 400, 500, …). The api room gives the envelope.
using ErrorRenderer = std::function<Response(const Context& context, const Error& error)>;

}  // namespace confcast::http
