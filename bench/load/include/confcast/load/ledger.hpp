// Who has seen which publication. The generator's judge: every publication must reach every subscriber once, in order,
// or be covered by an update that says it folds several revisions (coalesced_from), or by a snapshot.
//
// Publications have numbers (0, 1, …) and, once the server has acknowledged them, revisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace confcast::load {

struct Verdict {
    std::uint64_t lost = 0;       // neither seen nor covered
    std::uint64_t repeated = 0;   // seen twice
    std::uint64_t reordered = 0;  // a position that did not grow
    std::uint64_t covered = 0;    // folded away, and said so
    std::uint64_t unknown = 0;    // numbers that nobody published
};

class Ledger {
  public:
    explicit Ledger(std::size_t subscribers) : subscribers_(subscribers) {}

    /// The number of a new publication: 0, 1, ….
    std::size_t publish();
    std::size_t publications() const { return revisions_.size(); }

    /// The subscriber starts at this position; what it has seen before is forgotten.
    void starts_at(std::size_t subscriber, std::uint64_t position);
    /// A message with this position. False when the position did not grow.
    bool advances(std::size_t subscriber, std::uint64_t position);
    /// A publication arrived. True the first time.
    bool sees(std::size_t subscriber, std::size_t publication);
    /// Everything in (from, to] has been folded into what the subscriber has got.
    void covers(std::size_t subscriber, std::uint64_t from, std::uint64_t to);
    /// The server says that this publication is this revision.
    void committed(std::size_t publication, std::uint64_t revision);
    /// Publications that the server refused are nobody's loss.
    void refused(std::size_t publication);

    /// Is the publication seen or covered?
    bool has(std::size_t subscriber, std::size_t publication) const;
    /// Whether any update so far has covered anything.
    bool any_covered() const { return any_covered_; }

    Verdict verdict() const;

  private:
    struct Interval {
        std::uint64_t from = 0;
        std::uint64_t to = 0;
    };
    struct Subscriber {
        std::uint64_t position = 0;
        std::vector<std::uint64_t> seen;  // a bit for each publication
        std::vector<Interval> covered;
    };

    bool is_seen(const Subscriber& subscriber, std::size_t publication) const;
    bool is_covered(const Subscriber& subscriber, std::size_t publication) const;

    std::vector<Subscriber> subscribers_;
    std::vector<std::uint64_t> revisions_;  // 0 = not known
    std::vector<bool> refused_;
    bool any_covered_ = false;
    std::uint64_t repeated_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t unknown_ = 0;
};

}  // namespace confcast::load
