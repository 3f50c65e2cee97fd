// What the writers were told, against the store's history: nothing acknowledged is missing, nothing refused is there,
// nothing happened twice, and a transaction happened whole or not at all. Every value is written once only.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "confcast/verify/history.hpp"
#include "confcast/verify/verdict.hpp"

namespace confcast::verify {

struct Write {
    std::vector<std::pair<std::string, std::string>> puts;  // key, fingerprint of the value
    std::vector<std::string> deletes;                       // keys; once acknowledged: those that were there
};

class WriteBook {
  public:
    enum class Outcome : std::uint8_t { acknowledged, refused, unknown };

    /// `revision`: of an acknowledged one. `applied`: the server said that it has seen it itself.
    void note(Outcome outcome, Write write, Revision revision = 0, bool applied = true);
    /// The highest revision that the server has acknowledged and applied so far.
    Revision acknowledged() const { return acknowledged_; }
    std::uint64_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

    /// Once, when the history is complete.
    void finish(const History& history, Verdict& verdict) const;

  private:
    struct Record {
        Outcome outcome;
        Revision revision;
        Write write;
    };

    static void judge_acknowledged(const Record& record, const History& history, Verdict& verdict);

    std::vector<Record> records_;
    Revision acknowledged_ = 0;
    std::uint64_t counts_[3] = {0, 0, 0};
};

}  // namespace confcast::verify
