#include "confcast/load/ledger.hpp"

#include <algorithm>

namespace confcast::load {

std::size_t Ledger::publish() {
    revisions_.push_back(0);
    refused_.push_back(false);
    return revisions_.size() - 1;
}

void Ledger::starts_at(std::size_t subscriber, std::uint64_t position) { subscribers_[subscriber].position = position; }

bool Ledger::advances(std::size_t subscriber, std::uint64_t position) {
    auto& known = subscribers_[subscriber].position;
    if (position <= known) {
        ++reordered_;
        return false;
    }
    known = position;
    return true;
}

bool Ledger::sees(std::size_t subscriber, std::size_t publication) {
    if (publication >= revisions_.size()) {
        ++unknown_;
        return false;
    }
    auto& seen = subscribers_[subscriber].seen;
    if (publication / 64 >= seen.size()) seen.resize(publication / 64 + 1);
    auto& word = seen[publication / 64];
    const auto bit = std::uint64_t{1} << (publication % 64);
    if ((word & bit) != 0) {
        ++repeated_;
        return false;
    }
    word |= bit;
    return true;
}

void Ledger::covers(std::size_t subscriber, std::uint64_t from, std::uint64_t to) {
    subscribers_[subscriber].covered.push_back({from, to});
    any_covered_ = true;
}

void Ledger::committed(std::size_t publication, std::uint64_t revision) { revisions_[publication] = revision; }

void Ledger::refused(std::size_t publication) { refused_[publication] = true; }

bool Ledger::is_seen(const Subscriber& subscriber, std::size_t publication) const {
    return publication / 64 < subscriber.seen.size() &&
           (subscriber.seen[publication / 64] >> (publication % 64) & 1U) != 0;
}

bool Ledger::is_covered(const Subscriber& subscriber, std::size_t publication) const {
    const auto revision = revisions_[publication];
    return revision != 0 && std::ranges::any_of(subscriber.covered, [&](const Interval& interval) {
               return revision > interval.from && revision <= interval.to;
           });
}

bool Ledger::has(std::size_t subscriber, std::size_t publication) const {
    const auto& who = subscribers_[subscriber];
    return is_seen(who, publication) || is_covered(who, publication);
}

Verdict Ledger::verdict() const {
    Verdict verdict{0, repeated_, reordered_, 0, unknown_};
    for (const auto& subscriber : subscribers_) {
        for (std::size_t publication = 0; publication < publications(); ++publication) {
            if (is_seen(subscriber, publication) || refused_[publication]) continue;
            ++(is_covered(subscriber, publication) ? verdict.covered : verdict.lost);
        }
    }
    return verdict;
}

}  // namespace confcast::load
