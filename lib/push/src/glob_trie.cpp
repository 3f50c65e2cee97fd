#include "glob_trie.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

namespace confcast::push {
namespace {

constexpr std::size_t most_without_branches = 8;

struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// What an edge knows of a segment of a glob.
enum class Part : std::uint8_t { whole, head, tail, deep };
struct Edge {
    Part part;
    std::string_view text;
};

Edge edge_of(std::string_view segment) {
    if (segment == any_segments) return {Part::deep, {}};
    const std::size_t first = segment.find('*');
    if (first == std::string_view::npos) return {Part::whole, segment};
    const std::string_view head = segment.substr(0, first);
    const std::string_view tail = segment.substr(segment.rfind('*') + 1);
    return head.size() >= tail.size() ? Edge{Part::head, head} : Edge{Part::tail, tail};
}

}  // namespace

struct GlobTrie::Node {
    explicit Node(bool is_deep) : deep(is_deep) {}
    std::vector<FilterBucket*> globs;  // those that end here; without branches also those that go on
    std::unique_ptr<Branches> branches;
    std::uint64_t reached = 0;     // at this step
    std::uint32_t unfinished = 0;  // of the globs, those that go on
    const bool deep;               // behind `**`: once reached it stays so
};

/// Nodes by one part of a segment, and which lengths that part has.
class GlobTrie::Edges {
  public:
    Node* find(std::string_view text) {
        const auto found = nodes_.find(text);
        return found == nodes_.end() ? nullptr : found->second.get();
    }
    Node& get(std::string_view text) {
        if (Node* node = find(text)) return *node;
        ++lengths_[text.size()];
        return *nodes_.emplace(std::string(text), std::make_unique<Node>(false)).first->second;
    }
    void erase(std::string_view text) {
        nodes_.erase(nodes_.find(text));
        const auto length = lengths_.find(text.size());
        if (--length->second == 0) lengths_.erase(length);
    }
    bool empty() const { return nodes_.empty(); }
    /// Calls `visit(node)` for each node whose text is what `part(length)` says of a segment of `size` bytes.
    template <class PartOf, class Visit>
    void visit_parts(std::size_t size, const PartOf& part, const Visit& visit) {
        for (const auto& [length, count] : lengths_) {
            if (length > size) break;
            if (Node* node = find(part(length))) visit(*node);
        }
    }

  private:
    std::unordered_map<std::string, std::unique_ptr<Node>, Hash, std::equal_to<>> nodes_;
    std::map<std::size_t, std::size_t> lengths_;
};

struct GlobTrie::Branches {
    Edges whole;
    Edges heads;
    Edges tails;
    std::unique_ptr<Node> deep;

    bool empty() const { return whole.empty() && heads.empty() && tails.empty() && deep == nullptr; }
    Edges& edges(Part part) { return part == Part::whole ? whole : part == Part::head ? heads : tails; }
    Node& get(std::string_view segment) {
        const Edge edge = edge_of(segment);
        if (edge.part != Part::deep) return edges(edge.part).get(edge.text);
        if (deep == nullptr) deep = std::make_unique<Node>(true);
        return *deep;
    }
    void erase(std::string_view segment) {
        const Edge edge = edge_of(segment);
        if (edge.part == Part::deep)
            deep.reset();
        else
            edges(edge.part).erase(edge.text);
    }
};

GlobTrie::GlobTrie() : root_(std::make_unique<Node>(false)) {}
GlobTrie::~GlobTrie() = default;

bool GlobTrie::empty() const { return root_->globs.empty() && root_->branches == nullptr; }

void GlobTrie::add(FilterBucket& glob) { add_below(*root_, glob, Segments(glob.text), 0); }

void GlobTrie::remove(FilterBucket& glob) { remove_below(*root_, glob, Segments(glob.text)); }

void GlobTrie::add_below(Node& node, FilterBucket& glob, Segments rest, std::size_t depth) {
    Node* at = &node;
    for (; at->branches != nullptr && !rest.at_end(); ++depth) at = &at->branches->get(rest.take());
    at->globs.push_back(&glob);
    if (!rest.at_end() && ++at->unfinished > most_without_branches) branch(*at, depth);
}

// Those that go on move one segment down, into nodes that are new.
void GlobTrie::branch(Node& node, std::size_t depth) {
    const std::vector<FilterBucket*> all = std::exchange(node.globs, {});
    node.branches = std::make_unique<Branches>();
    node.unfinished = 0;
    for (FilterBucket* glob : all) {
        Segments rest(glob->text);
        for (std::size_t i = 0; i < depth; ++i) rest.take();
        add_below(node, *glob, rest, depth);
    }
}

/// Whether nothing is left in the node.
bool GlobTrie::remove_below(Node& node, FilterBucket& glob, Segments rest) {
    if (node.branches != nullptr && !rest.at_end()) {
        const std::string_view segment = rest.take();
        if (remove_below(node.branches->get(segment), glob, rest)) node.branches->erase(segment);
        if (node.branches->empty()) node.branches.reset();
    } else {
        if (!rest.at_end()) --node.unfinished;
        *std::find(node.globs.begin(), node.globs.end(), &glob) = node.globs.back();
        node.globs.pop_back();
    }
    return node.globs.empty() && node.branches == nullptr;
}

void GlobTrie::reach(Node& node, std::vector<FilterBucket*>& out) {
    if (node.reached == step_) return;
    if (node.reached < first_step_) out.insert(out.end(), node.globs.begin(), node.globs.end());
    node.reached = step_;
    if (node.branches == nullptr) return;
    next_.push_back(&node);
    if (node.branches->deep != nullptr) reach(*node.branches->deep, out);
}

void GlobTrie::candidates(std::string_view key, std::vector<FilterBucket*>& out) {
    first_step_ = ++step_;
    next_.clear();
    reach(*root_, out);
    for (Segments rest(key); !rest.at_end() && !next_.empty();) {
        const std::string_view segment = rest.take();
        reached_.swap(next_);
        next_.clear();
        ++step_;
        const auto go_on = [&](Node& node) { reach(node, out); };
        for (Node* node : reached_) {
            if (node->deep) reach(*node, out);
            Branches& branches = *node->branches;
            if (Node* next = branches.whole.find(segment)) go_on(*next);
            branches.heads.visit_parts(
                segment.size(), [&](std::size_t length) { return segment.substr(0, length); }, go_on);
            branches.tails.visit_parts(
                segment.size(), [&](std::size_t length) { return segment.substr(segment.size() - length); }, go_on);
        }
    }
}

}  // namespace confcast::push
