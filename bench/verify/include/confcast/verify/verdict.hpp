// What a run has found: counts of each kind of broken promise, and the first few of them in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace confcast::verify {

class Verdict {
  public:
    std::uint64_t gaps = 0;      // a matching revision neither delivered nor covered
    std::uint64_t repeats = 0;   // a change or an entry delivered twice
    std::uint64_t reorders = 0;  // a position that went back, or a message where the protocol has no place for it
    std::uint64_t torn = 0;      // a revision in pieces, or state that is of no one revision
    std::uint64_t diverged = 0;  // values that the store never had, a welcome that is not true, a different end

    bool flawless() const { return gaps + repeats + reorders + torn + diverged == 0; }

    /// Counts one of a kind and keeps the words. `kind` is one of the members: verdict.note(verdict.gaps, "…").
    void note(std::uint64_t& kind, std::string words) {
        ++kind;
        if (complaints_.size() < kept) complaints_.push_back(std::move(words));
    }
    const std::vector<std::string>& complaints() const { return complaints_; }

    /// "gaps=0 repeats=0 reorders=0 torn=0 diverged=0"
    std::string to_string() const {
        return "gaps=" + std::to_string(gaps) + " repeats=" + std::to_string(repeats) +
               " reorders=" + std::to_string(reorders) + " torn=" + std::to_string(torn) +
               " diverged=" + std::to_string(diverged);
    }

  private:
    static constexpr std::size_t kept = 20;
    std::vector<std::string> complaints_;
};

}  // namespace confcast::verify
