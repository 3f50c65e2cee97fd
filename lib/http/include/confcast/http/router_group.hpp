// A prefix and the middlewares that all routes below it share: what makes a route table readable.
//
//     RouteGroup api(router, "/api/v1", {authenticate, limit});
//     api.get("/config/*key", read).put("/config/*key", write);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "confcast/http/router.hpp"

namespace confcast::http {

/// Registers in a router that outlives it; the group itself may go as soon as its routes are registered.
class RouteGroup {
  public:
    /// `prefix` is "" or begins with '/' and does not end with one. Middlewares run in list order.
    explicit RouteGroup(Router& router, std::string prefix = "", std::vector<Middleware> middlewares = {});

    /// `pattern` is "" (the prefix itself) or begins with '/'. Throws as Router::add does. Returns *this.
    RouteGroup& add(Method method, std::string_view pattern, const Handler& handler);
    RouteGroup& get(std::string_view pattern, const Handler& handler) { return add(Method::get, pattern, handler); }
    RouteGroup& put(std::string_view pattern, const Handler& handler) { return add(Method::put, pattern, handler); }
    RouteGroup& post(std::string_view pattern, const Handler& handler) { return add(Method::post, pattern, handler); }
    RouteGroup& del(std::string_view pattern, const Handler& handler) { return add(Method::del, pattern, handler); }
    RouteGroup& patch(std::string_view pattern, const Handler& handler) { return add(Method::patch, pattern, handler); }

    /// A group below this one: its prefix behind ours, its middlewares inside ours.
    RouteGroup group(std::string_view prefix, const std::vector<Middleware>& middlewares = {}) const;

  private:
    Router* router_;
    std::string prefix_;
    std::vector<Middleware> middlewares_;
};

}  // namespace confcast::http
