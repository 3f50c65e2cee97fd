// Globs by their segments, so that a key meets only those that it may match, however many others there are.
//
// The trie only sorts out: a node is reached by every key that may match the globs below it, and by some others;
// glob_matches() has the last word. So an edge need not know a segment, only a part that any segment must have which
// it matches: the bytes before its first `*` or those behind its last one, whichever are more. A node has no branches
// until more than a few globs go on below it. What is not told apart: globs that differ only between two stars of one
// segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "filter_bucket.hpp"
#include "glob.hpp"

namespace confcast::push {

class GlobTrie {
  public:
    GlobTrie();
    ~GlobTrie();
    GlobTrie(const GlobTrie&) = delete;
    GlobTrie& operator=(const GlobTrie&) = delete;

    /// The bucket is a glob and stays where it is until remove().
    void add(FilterBucket& glob);
    /// Precondition: it has been added.
    void remove(FilterBucket& glob);
    bool empty() const;

    /// Appends the globs that may match the key, each once: all that do are among them. Costs the segments of the key
    /// times the nodes that it reaches.
    void candidates(std::string_view key, std::vector<FilterBucket*>& out);

  private:
    struct Node;
    struct Branches;
    class Edges;

    static void add_below(Node& node, FilterBucket& glob, Segments rest, std::size_t depth);
    static void branch(Node& node, std::size_t depth);
    static bool remove_below(Node& node, FilterBucket& glob, Segments rest);
    void reach(Node& node, std::vector<FilterBucket*>& out);

    std::unique_ptr<Node> root_;
    std::uint64_t step_ = 0;        // counts the segments of all keys
    std::uint64_t first_step_ = 0;  // of this key
    std::vector<Node*> reached_;    // scratch: by what has been read of the key
    std::vector<Node*> next_;       // scratch
};

}  // namespace confcast::push
