// What is known of the history that etcd answers from, and whether an answer fits it. Plain values: no gRPC, no loop.
//
// A linearizable answer never lies below what was seen before it was asked for. One that does comes from an etcd that
// was restored, and its revisions name other changes: another epoch, though the cluster's id may be the same.
#pragma once

#include <algorithm>
#include <cstdint>

#include "confcast/store/types.hpp"

namespace confcast::etcd {

using store::Revision;

class History {
  public:
    enum class Standing : std::uint8_t { sound, behind, foreign };

    /// `floor` is newest() as it was when the question was sent.
    Standing judge(std::uint64_t cluster, Revision revision, Revision floor) const {
        if (cluster_ != 0 && cluster != cluster_) return Standing::foreign;
        return revision < floor ? Standing::behind : Standing::sound;
    }
    /// A revision that was answered; of another cluster than this one it says nothing.
    void saw(std::uint64_t cluster, Revision revision) {
        if (cluster_ == 0) cluster_ = cluster;
        if (cluster == cluster_) newest_ = std::max(newest_, revision);
    }
    void saw(Revision revision) { newest_ = std::max(newest_, revision); }
    /// All before is void: another cluster, or this one as it was long ago.
    void begin_anew(std::uint64_t cluster, Revision revision) {
        if (cluster == cluster_) ++restores_;
        if (cluster != cluster_) restores_ = 0;
        cluster_ = cluster;
        newest_ = revision;
        oldest_ = 1;
    }

    std::uint64_t cluster() const { return cluster_; }  // 0 = not known yet
    Revision newest() const { return newest_; }
    /// Nothing below can be read.
    Revision oldest() const { return oldest_; }
    void know_oldest(Revision revision) { oldest_ = std::max(oldest_, revision); }

    /// etcd's cluster id; after a restore that kept the id, one that differs from it, the same for every node that saw
    /// as many restores.
    store::Epoch epoch() const {
        constexpr std::uint64_t stride = 0x9E37'79B9'7F4A'7C15;  // odd: no two of them meet
        return {cluster_ + restores_ * stride};
    }

  private:
    std::uint64_t cluster_ = 0;
    std::uint64_t restores_ = 0;
    Revision newest_ = 0;
    Revision oldest_ = 1;
};

}  // namespace confcast::etcd
