#include "confcast/http/standard_middleware.hpp"

#include <array>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

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

struct Recovery {
    const ErrorRenderer& render;
    Log& log;
    std::uint64_t& failures;
};

Response recovered(const Context& context, const std::exception_ptr& thrown, const Recovery& recovery) {
    ++recovery.failures;
    recovery.log.error("http", "a request failed",
                       {{"request_id", context.request_id},
                        {"trace_id", trace_id_of(context)},
                        {"method", to_string(context.request.method)},
                        {"path", context.request.path},
                        {"error", what_of(thrown)}});
    Response response = recovery.render(context, Errc::internal);
    if (!context.request_id.empty()) response.set(id_header, context.request_id);
    if (context.trace) response.set(trace_header, context.trace->text());
    return response;
}

Awaitable<Response> recover_later(const Context& context, Awaitable<Response> later, Recovery recovery) {
    std::exception_ptr thrown;
    try {
        co_return co_await std::move(later);
    } catch (...) {
        thrown = std::current_exception();
    }
    // A connection that is being cut: the coroutine unwinds, and there is nobody to answer.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    co_return recovered(context, thrown, recovery);
}

Answer run_recover(Context& context, Next next, const Recovery& recovery) {
    try {
        Answer answer = next.pass(context);
        if (answer.here()) return answer;
        return recover_later(context, std::move(answer).wait(), recovery);
    } catch (...) {
        return recovered(context, std::current_exception(), recovery);
    }
}

Answer run_request_id(Context& context, Next next, RequestIds& ids) {
    const auto brought = context.request.header(id_header);
    if (brought && is_sane_request_id(*brought))
        context.request_id = *brought;
    else
        context.request_id = ids.next();
    const auto trace = brought_trace(context.request);
    context.is_traced = trace.has_value();
    context.trace = trace ? trace->with_span(ids.next_span()) : ids.next_trace();
    Answer answer = next.pass(context);
    answer.then([&context](Response& response) {
        response.set(id_header, context.request_id);
        response.set(trace_header, context.trace->text());
    });
    return answer;
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
        std::uint32_t& seen = count_of(context.route_number + 1, context.request.method);  // no_route + 1 = 0
        const bool first = seen == 0;
        seen = (seen + 1) % every;
        return first;
    }

  private:
    std::uint32_t& count_of(std::size_t route, Method method) {
        if (route >= seen_.size()) seen_.resize(route + 1);
        return seen_[route][static_cast<std::size_t>(method)];
    }

    const std::uint32_t* every_;
    std::vector<std::array<std::uint32_t, method_count>> seen_;
};

/// What access_log() was made of, and how far its sample is.
struct AccessLog {
    const Clock& clock;
    Log& log;
    AccessObserver observe;
    AccessSample sample;

    void finished(Context& context, const Response& response) {
        context.finished = clock.now();
        const Access access{context, response, context.finished - context.started};
        if (log.enabled(LogLevel::info) && sample.takes(context, response.status)) log_access(log, access);
        if (observe) observe(access);
    }
    void failed(Context& context) {
        Response response;
        response.status = http_status(Errc::internal);
        finished(context, response);
    }
};

Awaitable<Response> log_access_later(Context& context, Awaitable<Response> later, AccessLog& access) {
    Response response;
    std::exception_ptr thrown;
    try {
        response = co_await std::move(later);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none) access.failed(context);
        std::rethrow_exception(thrown);
    }
    access.finished(context, response);
    co_return response;
}

Answer pass_or_fail(Context& context, const Next& next, AccessLog& access) {
    try {
        return next.pass(context);
    } catch (...) {
        access.failed(context);
        throw;
    }
}

Answer run_access_log(Context& context, Next next, AccessLog& access) {
    if (context.started == SteadyTime{}) context.started = access.clock.now();
    Answer answer = pass_or_fail(context, next, access);
    if (const Response* response = answer.here()) {
        access.finished(context, *response);
        return answer;
    }
    return log_access_later(context, std::move(answer).wait(), access);
}

}  // namespace

Middleware recover(const ErrorRenderer& render, Log& log, std::uint64_t& failures) {
    return [recovery = Recovery{render, log, failures}](Context& context, Next next) {
        return run_recover(context, next, recovery);
    };
}

Middleware request_id() {
    // Shared by the copies of this middleware: an id is unique in all chains that have one.
    return [ids = std::make_shared<RequestIds>()](Context& context, Next next) {
        return run_request_id(context, next, *ids);
    };
}

Middleware access_log(const Clock& clock, Log& log, AccessObserver observe, const std::uint32_t* every) {
    return [access = AccessLog{clock, log, std::move(observe), AccessSample(every)}](
               Context& context, Next next) mutable { return run_access_log(context, next, access); };
}

Middleware language() {
    return [](Context& context, Next next) {
        context.language = preferred_language(context.request.headers);
        return next.pass(context);
    };
}

}  // namespace confcast::http
