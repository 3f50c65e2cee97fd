// Encoded messages kept for sharing, least recently used go first. The key says completely what the message shows
// (revision, subset, …), so an entry is never wrong, only superfluous.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "confcast/push/message.hpp"

namespace confcast::push {

/// Makes keys from plain numbers without allocating once it has grown.
class CacheKey {
  public:
    explicit CacheKey(char kind) { bytes_ += kind; }
    void restart(char kind) {
        bytes_.clear();
        bytes_ += kind;
    }
    template <class Number>
        requires std::is_arithmetic_v<Number>
    CacheKey& add(Number n) {
        bytes_.append(reinterpret_cast<const char*>(&n), sizeof n);
        return *this;
    }
    std::string& bytes() { return bytes_; }
    std::string_view view() const { return bytes_; }

  private:
    std::string bytes_;
};

class MessageCache {
  public:
    explicit MessageCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Null when it is not there.
    MessagePtr find(std::string_view key);
    /// The newest message stays whatever its size. Precondition: find(key) was null.
    void put(std::string_view key, MessagePtr message);
    void clear();

    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return index_.size(); }

  private:
    struct Item {
        std::string key;
        MessagePtr message;
    };
    using Items = std::list<Item>;  // front: used last

    Items items_;
    std::unordered_map<std::string_view, Items::iterator> index_;  // views into items_
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
};

}  // namespace confcast::push
