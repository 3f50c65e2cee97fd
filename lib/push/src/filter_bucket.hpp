// One distinct filter and all who have it. Owned by the SubscriptionIndex.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace confcast::push {

enum class FilterKind : std::uint8_t { key, prefix, glob, topic };

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

    /// Whether it is for settings; a topic matches none.
    bool is_of_settings() const { return kind != FilterKind::topic; }
    bool matches(std::string_view key) const;
    /// What every key that matches begins with. Precondition: is_of_settings().
    std::string_view head() const;
};

}  // namespace confcast::push
