#include "confcast/http/standard_middleware.hpp"

#include <exception>
#include <map>
#include <memory>
#include <utility>

#include "accept_language.hpp"
#include "request_ids.hpp"

namespace confcast::http {

namespace {

constexpr std::string_view id_header = "X-Request-Id";
constexpr std::string_view trace_header = "traceparent";

std::string_view trace_id_of(const Context& context) {
    return context.trace ? context.trace->trace_id() : std::string_view();
}

std::string what_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "not a std::exception";
    }
}

Awaitable<Response> run_recover(Context& context, Next next, const ErrorRenderer& render, Log& log,
                                std::uint64_t& failures) {
    std::exception_ptr thrown;
    try {
        co_return co_await next(context);
    } catch (...) {
        thrown = std::current_exception();
    }
    // A connection that is being cut: the coroutine unwinds, and there is nobody to answer.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);

    ++failures;
    log.error("http", "a request failed",
              {{"request_id", context.request_id},
               {"trace_id", trace_id_of(context)},
               {"method", to_string(context.request.method)},
               {"path", context.request.path},
               {"error", what_of(thrown)}});
    Response response = render(context, Errc::internal);
    if (!context.request_id.empty()) response.set(id_header, context.request_id);
    if (context.trace) response.set(trace_header, std::string(context.trace->text()));
    co_return response;
}

Awaitable<Response> run_request_id(Context& context, Next next, RequestIds& ids) {
    const auto brought = context.request.header(id_header);
    context.request_id = brought && is_sane_request_id(*brought) ? std::string(*brought) : ids.next();
    const auto trace = brought_trace(context.request);
    context.is_traced = trace.has_value();
    context.trace = trace ? trace->with_span(ids.next_span()) : ids.next_trace();
    Response response = co_await next(context);
    response.set(id_header, context.request_id);
    response.set(trace_header, std::string(context.trace->text()));
    co_return response;
}

void log_access(Log& log, const Access& access) {
    const Context& context = access.context;
    const Response& response = access.response;
    log.info("http", "request",
             {{"method", to_string(context.request.method)},
              {"path", context.request.path},
              {"route", context.route},
              {"status", response.upgrade ? 101U : response.status},
              {"bytes", response.body_view().size()},
              {"ms", std::chrono::duration<double, std::milli>(access.took).count()},
              {"remote", context.request.remote},
              {"principal", context.caller_name},
              {"request_id", context.request_id},
              {"trace_id", trace_id_of(context)}});
}

// Which requests have a line: those that went wrong, and of each route and method the first of every n others.
class AccessSample {
  public:
    explicit AccessSample(const std::uint32_t* every) : every_(every) {}
    bool takes(const Context& context, unsigned status) {
        const std::uint32_t every = every_ == nullptr ? 1 : *every_;
        if (status >= 400 || every == 1) return true;
        if (every == 0) return false;
        // Patterns live as long as the router does, each in one place.
        std::uint32_t& seen = seen_[{context.route.data(), context.request.method}];
        const bool first = seen == 0;
        seen = (seen + 1) % every;
        return first;
    }

  private:
    const std::uint32_t* every_;
    std::map<std::pair<const char*, Method>, std::uint32_t> seen_;
};

Awaitable<Response> run_access_log(Context& context, Next next, const Clock& clock, Log& log,
                                   const AccessObserver& observe, AccessSample& sample) {
    if (context.started == SteadyTime{}) context.started = clock.now();
    Response response;
    std::exception_ptr thrown;
    try {
        response = co_await next(context);
    } catch (...) {
        thrown = std::current_exception();
        response.status = http_status(Errc::internal);
    }
    if (thrown) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    }
    const Access access{context, response, clock.now() - context.started};
    if (log.enabled(LogLevel::info) && sample.takes(context, response.status)) log_access(log, access);
    if (observe) observe(access);
    if (thrown) std::rethrow_exception(thrown);
    co_return response;
}

}  // namespace

Middleware recover(const ErrorRenderer& render, Log& log, std::uint64_t& failures) {
    return [&render, &log, &failures](Context& context, Next next) {
        return run_recover(context, next, render, log, failures);
    };
}

Middleware request_id() {
    // Shared by the copies of this middleware: an id is unique in all chains that have one.
    return [ids = std::make_shared<RequestIds>()](Context& context, Next next) {
        return run_request_id(context, next, *ids);
    };
}

Middleware access_log(const Clock& clock, Log& log, AccessObserver observe, const std::uint32_t* every) {
    return
        [&clock, &log, observe = std::move(observe), sample = AccessSample(every)](
            Context& context, Next next) mutable { return run_access_log(context, next, clock, log, observe, sample); };
}

Middleware language() {
    // Not a coroutine: it has nothing to do with the answer.
    return [](Context& context, Next next) {
        context.language = preferred_language(context.request.headers);
        return next(context);
    };
}

}  // namespace confcast::http
