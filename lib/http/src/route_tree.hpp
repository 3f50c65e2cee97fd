// The radix tree under the router. Invariant: parameter and wildcard branches hang only on nodes whose bytes end in
// '/', so a node is reached at one position of a path at most, and a lookup visits no node twice. Private to the
// router.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "allow.hpp"
#include "confcast/http/middleware.hpp"
#include "route_pattern.hpp"

namespace confcast::http {

/// A registered route, as it is found.
struct Endpoint {
    std::string pattern;
    std::size_t number = 0;  // in order of registration
    std::vector<std::string> names;
    Chain chain;
};

class RouteTree {
  public:
    /// The place of a pattern: made if need be. Patterns that no request can tell apart have the same one.
    struct Leaf {
        std::array<const Endpoint*, method_count> by_method{};
        MethodSet methods = 0;

        const Endpoint* operator[](Method method) const { return by_method[static_cast<std::size_t>(method)]; }
        void set(Method method, const Endpoint& endpoint) {
            by_method[static_cast<std::size_t>(method)] = &endpoint;
            methods |= set_of(method);
        }
    };
    Leaf& leaf(const RoutePattern& pattern);

    /// The most specific endpoint for `path` that has `method` (for HEAD: that has HEAD or GET), or nullptr. Fills the
    /// values of `params`, not the names. `seen` becomes the methods of every pattern that matched on the way: when
    /// nothing is found, of all that match the path. Allocates nothing.
    const Endpoint* find(Method method, std::string_view path, PathParams& params, MethodSet& seen) const;

  private:
    struct Node {
        std::string bytes;     // what leads here from the parent, empty behind a parameter
        std::string branches;  // first byte of each of `literals`
        std::vector<std::unique_ptr<Node>> literals;
        std::unique_ptr<Node> param;
        std::unique_ptr<Leaf> wildcard;
        Leaf exact;
    };
    struct Walk;

    static Node& grow(Node& from, std::string_view bytes);
    static const Endpoint* descend(const Node& node, std::string_view rest, Walk& walk);

    Node root_;
};

}  // namespace confcast::http
