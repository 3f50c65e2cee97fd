#include "confcast/verify/history.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace confcast::verify {
namespace {

// FNV-1a: the same in every run, so that complaints of two runs can be compared.
std::uint64_t hash_of(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return hash;
}

}  // namespace

std::string fingerprint(std::string_view value) {
    constexpr std::size_t short_enough = 40;
    constexpr std::size_t beginning = 16;
    if (value.size() <= short_enough) return std::string(value);
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash_of(value), 16).ptr;
    return std::string(value.substr(0, beginning)) + "…" + std::to_string(value.size()) + ":" +
           std::string(digits.data(), end);
}

void History::add(Event event) {
    auto& revision = revisions_[event.mod_revision];
    if (std::ranges::any_of(revision, [&](const Event* known) { return known->key == event.key; })) return;
    const Event* kept = &events_.emplace_back(std::move(event));
    revision.push_back(kept);
    keys_[kept->key].push_back(kept);
}

void History::complete_to(Revision revision) { complete_ = std::max(complete_, revision); }

const History::Events& History::at(Revision revision) const {
    static const Events none;
    const auto found = revisions_.find(revision);
    return found == revisions_.end() ? none : found->second;
}

const Event* History::newest(const Events& timeline, Revision at) {
    const auto beyond = std::ranges::upper_bound(timeline, at, {}, &Event::mod_revision);
    return beyond == timeline.begin() ? nullptr : *std::prev(beyond);
}

const Event* History::newest(std::string_view key, Revision at) const {
    const auto found = keys_.find(key);
    return found == keys_.end() ? nullptr : newest(found->second, at);
}

const Event* History::exactly(std::string_view key, Revision revision) const {
    const Event* event = newest(key, revision);
    return event != nullptr && event->mod_revision == revision ? event : nullptr;
}

}  // namespace confcast::verify
