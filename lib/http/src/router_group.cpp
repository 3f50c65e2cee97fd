#include "confcast/http/router_group.hpp"

#include <stdexcept>
#include <utility>

namespace confcast::http {

RouteGroup::RouteGroup(Router& router, std::string prefix, std::vector<Middleware> middlewares)
    : router_(&router), prefix_(std::move(prefix)), middlewares_(std::move(middlewares)) {
    if (!prefix_.empty() && (prefix_.front() != '/' || prefix_.back() == '/'))
        throw std::invalid_argument("The route prefix \"" + prefix_ + "\" must begin with '/' and not end with one.");
}

RouteGroup& RouteGroup::add(Method method, std::string_view pattern, const Handler& handler) {
    if (!pattern.empty() && pattern.front() != '/')
        throw std::invalid_argument("The route pattern \"" + std::string(pattern) + "\" below \"" + prefix_ +
                                    "\" must be empty or begin with '/'.");
    router_->add(method, prefix_ + std::string(pattern), handler, middlewares_);
    return *this;
}

RouteGroup RouteGroup::group(std::string_view prefix, const std::vector<Middleware>& middlewares) const {
    std::vector<Middleware> all = middlewares_;
    all.insert(all.end(), middlewares.begin(), middlewares.end());
    return RouteGroup(*router_, prefix_ + std::string(prefix), std::move(all));
}

}  // namespace confcast::http
