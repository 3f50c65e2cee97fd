// One watch's life as plain functions: what etcd said goes in, what to do comes out. No gRPC, no loop, no clock
// (watch_call.cpp drives it).
//
//   creating ── created ──> watching ── cancelled, lost, nonsense ──> ended
//       └──── cancelled, lost, silent ────────────────────────────────^
//
// Invariant: batches come out complete, each revision once, in order, none below the start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/store/types.hpp"

namespace confcast::etcd {

using store::Revision;

/// A WatchResponse without protobuf.
struct WatchMessage {
    std::uint64_t cluster_id = 0;
    Revision revision = 0;  // of the header; 0 in a compaction cancel
    std::int64_t watch_id = 0;
    bool created = false;
    bool canceled = false;
    Revision compact_revision = 0;
    std::string cancel_reason;
    bool fragment = false;  // more of the same message follows
    std::vector<store::Event> events;
};

struct WatchAction {
    std::vector<store::WatchBatch> batches;  // to be given out, in order, before the failure
    std::optional<Error> failure;            // the stream is over: leave it
};

class WatchMachine {
  public:
    /// `cluster`: the one to expect; 0 = whichever answers.
    explicit WatchMachine(Revision start, std::uint64_t cluster = 0)
        : position_(start - 1),
          start_(start),
          cluster_(cluster == 0 ? std::nullopt : std::optional<std::uint64_t>(cluster)) {}

    WatchAction on_message(WatchMessage message);
    /// The stream ended with this status.
    WatchAction on_lost(std::string_view reason);
    /// `created` did not come in time.
    WatchAction on_silence();

    bool created() const { return phase_ != Phase::creating && watch_id_.has_value(); }
    bool ended() const { return phase_ == Phase::ended; }
    /// etcd refused whoever asks: a new token may do (some versions call an old token a lack of permission).
    bool refused() const { return refused_; }
    std::uint64_t duplicates() const { return duplicates_; }
    /// Everything up to here has been given out.
    Revision position() const { return position_; }

  private:
    enum class Phase : std::uint8_t { creating, watching, ended };

    WatchAction fail(Error error);
    WatchAction fail(std::string_view reason);
    WatchAction cancelled(const WatchMessage& message);
    WatchAction progress(Revision revision);
    WatchAction take(WatchMessage message);
    void publish(std::vector<store::WatchBatch>& batches, std::size_t events);

    Phase phase_ = Phase::creating;
    Revision position_;
    Revision start_;
    Revision seen_ = 0;  // the newest revision of this stream
    std::optional<std::uint64_t> cluster_;
    std::optional<std::int64_t> watch_id_;
    std::vector<store::Event> pending_;  // the start of a revision whose end is in a later fragment
    bool joining_ = false;               // the last message was a fragment
    bool refused_ = false;
    std::uint64_t duplicates_ = 0;
};

}  // namespace confcast::etcd
