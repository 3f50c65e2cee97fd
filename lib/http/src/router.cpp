#include "confcast/http/router.hpp"

#include <stdexcept>
#include <utility>

#include "route_tree.hpp"

namespace confcast::http {

struct Router::Impl {
    RouteTree tree;
    std::vector<std::unique_ptr<Endpoint>> endpoints;  // by pointer: what find() gives out stays where it is
    std::vector<Route> routes;
};

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

const std::vector<Router::Route>& Router::routes() const { return impl_->routes; }

void Router::add(Method method, std::string_view pattern, Handler handler, const std::vector<Middleware>& group) {
    const RoutePattern parsed = parse_pattern(pattern);
    const auto label = [method](std::string_view text) {
        return "\"" + std::string(to_string(method)) + " " + std::string(text) + "\"";
    };
    if (!handler) throw std::invalid_argument("The route " + label(pattern) + " has no handler.");

    RouteTree::Leaf& leaf = impl_->tree.leaf(parsed);
    if (const Endpoint* other = leaf[method]; other != nullptr) {
        throw std::invalid_argument("The route " + label(pattern) + " conflicts with " + label(other->pattern) +
                                    ", which is registered already: no request can tell them apart.");
    }
    auto endpoint = std::make_unique<Endpoint>();
    endpoint->pattern = pattern;
    endpoint->number = impl_->routes.size();
    endpoint->names.assign(parsed.names.begin(), parsed.names.end());
    endpoint->chain = Chain(group, std::move(handler));
    impl_->routes.push_back({method, endpoint->pattern});
    leaf.set(method, *impl_->endpoints.emplace_back(std::move(endpoint)));
}

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    MethodSet seen = 0;
    const Endpoint* endpoint = impl_->tree.find(method, path, match.params, seen);
    if (endpoint != nullptr) {
        match.outcome = Match::Outcome::found;
        match.chain = &endpoint->chain;
        match.pattern = endpoint->pattern;
        match.number = endpoint->number;
        for (std::size_t i = 0; i < match.params.count; ++i) match.params.items[i].name = endpoint->names[i];
    } else if (seen != 0) {
        match.outcome = Match::Outcome::method_not_allowed;
        match.allow = allow_header(seen);
    }
    return match;
}

namespace {

Response not_found(const Context& context, const ErrorRenderer& render) {
    return render(context, Error(Errc::route_not_found).with("path", context.request.path));
}

Response refuse_method(const Context& context, const ErrorRenderer& render, std::string_view allow) {
    Response response;
    if (context.request.method == Method::options) {
        response.status = 204;
    } else {
        const std::string_view method = to_string(context.request.method);
        response = render(context, Error(Errc::method_not_allowed).with("method", method).with("allow", allow));
    }
    response.set("Allow", allow);
    return response;
}

}  // namespace

Handler Router::as_handler(const ErrorRenderer& render) const {
    return [this, &render](Context& context) -> Answer {
        const Match match = find(context.request.method, context.request.path);
        switch (match.outcome) {
            case Match::Outcome::not_found:
                return not_found(context, render);
            case Match::Outcome::method_not_allowed:
                return refuse_method(context, render, match.allow);
            case Match::Outcome::found:
                break;
        }
        context.params = match.params;
        context.route = match.pattern;
        context.route_number = match.number;
        return match.chain->start(context);
    };
}

}  // namespace confcast::http
