// One distinct filter and all who have it. Owned by the SubscriptionIndex.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace confcast::push {

enum class FilterKind : std::uint8_t { key, prefix, glob };

class Subscriber;

struct FilterBucket {
    struct Member {
        Subscriber* who;
        std::uint32_t link;  // which of the subscriber's links points here
    };
    std::string_view text;  // owned by the index; lives as long as the bucket
    FilterKind kind = FilterKind::key;
    std::uint64_t id = 0;  // never used again for another filter
    std::uint64_t seen = 0;
    std::vector<Member> members;

    bool matches(std::string_view key) const;
    /// What every key that matches begins with.
    std::string_view head() const;
};

}  // namespace confcast::push
