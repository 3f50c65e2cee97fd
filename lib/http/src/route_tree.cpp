#include "route_tree.hpp"

#include <algorithm>
#include <utility>

namespace confcast::http {

RouteTree::Leaf& RouteTree::leaf(const RoutePattern& pattern) {
    Node* node = &root_;
    for (const RoutePattern::Piece& piece : pattern.pieces) {
        switch (piece.kind) {
            case RoutePattern::Kind::literal:
                node = &grow(*node, piece.text);
                break;
            case RoutePattern::Kind::param:
                if (!node->param) node->param = std::make_unique<Node>();
                node = node->param.get();
                break;
            case RoutePattern::Kind::wildcard:
                if (!node->wildcard) node->wildcard = std::make_unique<Leaf>();
                return *node->wildcard;
        }
    }
    return node->exact;
}

RouteTree::Node& RouteTree::grow(Node& from, std::string_view bytes) {
    Node* node = &from;
    while (!bytes.empty()) {
        const std::size_t at = node->branches.find(bytes.front());
        if (at == std::string::npos) {
            node->branches.push_back(bytes.front());
            node = node->literals.emplace_back(std::make_unique<Node>()).get();
            node->bytes = bytes;
            return *node;
        }
        std::unique_ptr<Node>& child = node->literals[at];
        const auto common = static_cast<std::size_t>(std::ranges::mismatch(child->bytes, bytes).in2 - bytes.begin());
        if (common < child->bytes.size()) {
            auto upper = std::make_unique<Node>();
            upper->bytes = child->bytes.substr(0, common);
            upper->branches = child->bytes[common];
            child->bytes.erase(0, common);
            upper->literals.push_back(std::move(child));
            child = std::move(upper);
        }
        node = child.get();
        bytes.remove_prefix(common);
    }
    return *node;
}

struct RouteTree::Walk {
    Method method;
    MethodSet seen;
    PathParams& params;

    const Endpoint* pick(const Leaf& leaf) {
        seen |= leaf.methods;
        const Endpoint* endpoint = leaf[method];
        if (endpoint == nullptr && method == Method::head) endpoint = leaf[Method::get];
        return endpoint;
    }
    void push(std::string_view value) { params.items[params.count++].value = value; }
    void pop() { --params.count; }
};

const Endpoint* RouteTree::find(Method method, std::string_view path, PathParams& params, MethodSet& seen) const {
    Walk walk{method, 0, params};
    const Endpoint* found = descend(root_, path, walk);
    seen = walk.seen;
    return found;
}

const Endpoint* RouteTree::descend(const Node& node, std::string_view rest, Walk& walk) {
    // A parameter, a wildcard and a literal all take at least one byte.
    if (rest.empty()) return walk.pick(node.exact);

    if (const std::size_t at = node.branches.find(rest.front()); at != std::string::npos) {
        const Node& child = *node.literals[at];
        if (rest.starts_with(child.bytes)) {
            const Endpoint* found = descend(child, rest.substr(child.bytes.size()), walk);
            if (found != nullptr) return found;
        }
    }
    if (node.param && rest.front() != '/') {
        const std::string_view segment = rest.substr(0, rest.find('/'));
        walk.push(segment);
        const Endpoint* found = descend(*node.param, rest.substr(segment.size()), walk);
        if (found != nullptr) return found;
        walk.pop();
    }
    if (node.wildcard) {
        walk.push(rest);
        const Endpoint* found = walk.pick(*node.wildcard);
        if (found != nullptr) return found;
        walk.pop();
    }
    return nullptr;
}

}  // namespace confcast::http
