#include "adapter.hpp"

#include <optional>

#include "confcast/store/layout.hpp"
#include "envelope.hpp"
#include "guard.hpp"
#include "percent.hpp"

namespace confcast::api {
namespace {

Result<> prepare(Call& call, const RouteRow& row) {
    if (row.body == Body::none && !call.context.request.body.empty())
        return Error(Errc::body_too_large).with("limit", 0);
    if (!call.context.request.query.empty()) {
        Result<Query> query = Query::parse(call.context.request.query, row.query);
        if (!query) return query.error();
        call.query = std::move(*query);
    }
    if (row.pattern.ends_with("*key")) {
        Result<std::string> key = percent_decode(call.context.params.get("key"), "path");
        if (!key) return key.error();
        const Result<> good = store::check_key(*key);
        if (!good) return good.error();
        call.key = std::move(*key);
    }
    return {};
}

// A failure as an answer. What a bug has to say is for the log, not for the client.
http::Response answer_error(Services& services, const http::Context& context, const Error& error) {
    if (error != Errc::internal) return refuse(services, context, error);
    services.parts.log.error(
        "api", "an internal error",
        {{"error", error.to_string()}, {"route", context.route}, {"request_id", context.request_id}});
    return render_error(context, Errc::internal);
}

Awaitable<http::Response> run_endpoint(Services& services, const RouteRow& row, http::Context& context) {
    Call call{services, context, {}, {}};
    http::Response response;
    const Result<> prepared = prepare(call, row);
    if (prepared) {
        Result<http::Response> answer = co_await row.endpoint(call);
        response = answer ? std::move(*answer) : answer_error(services, context, answer.error());
    } else {
        response = answer_error(services, context, prepared.error());
    }
    if (row.stamp == Stamp::position) stamp_position(services, response);
    co_return response;
}

}  // namespace

http::Answer run_route(Services& services, const RouteRow& row, http::Context& context) {
    const http::Request& request = context.request;
    if (row.shortcut != nullptr && request.query.empty() && request.body.empty()) {
        if (std::optional<http::Response> response = row.shortcut(services, context)) {
            if (row.stamp == Stamp::position) stamp_position(services, *response);
            return std::move(*response);
        }
    }
    return run_endpoint(services, row, context);
}

}  // namespace confcast::api
