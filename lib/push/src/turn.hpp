// How much is done for sessions before others on the loop have their turn. Counted, not timed: it is the same for a
// test as for a server.
#pragma once

#include <algorithm>
#include <cstddef>

#include "confcast/push/hub.hpp"

namespace confcast::push {

class Turn {
  public:
    explicit Turn(const HubOptions& options)
        : writes_(std::max<std::size_t>(options.turn_writes, 1)),
          bytes_(std::max<std::size_t>(options.turn_bytes, 1)),
          looks_(looks_per_write * writes_) {}

    bool is_over() const { return writes_ == 0 || bytes_ == 0 || looks_ == 0; }
    /// A session that may have nothing to write.
    void look() { looks_ -= looks_ == 0 ? 0 : 1; }
    void write(std::size_t bytes) {
        writes_ -= writes_ == 0 ? 0 : 1;
        bytes_ -= bytes < bytes_ ? bytes : bytes_;
    }

  private:
    static constexpr std::size_t looks_per_write = 32;

    std::size_t writes_;
    std::size_t bytes_;
    std::size_t looks_;
};

/// What is left of some kind of work that all sessions share.
class Share {
  public:
    void renew(std::size_t amount) { left_ = std::max<std::size_t>(amount, 1); }
    bool is_spent() const { return left_ == 0; }
    std::size_t left() const { return left_; }
    void spend(std::size_t amount) { left_ -= std::min(amount, left_); }

  private:
    std::size_t left_ = 0;
};

/// The work that is more than a write of what changes, for all sessions together: renewed by each turn of the hub. What
/// comes in between, straight from a connection, takes of what that turn has left over. Who finds it spent waits for a
/// turn; the last one to take may take more than there was.
struct Allowance {
    explicit Allowance(const HubOptions& options) { renew(options); }
    void renew(const HubOptions& options) {
        keys.renew(options.turn_keys);
        filters.renew(options.turn_filters);
        pages.renew(options.turn_bytes);
    }

    Share keys;     // of the state, looked at
    Share filters;  // taken up or given up
    Share pages;    // bytes of snapshots, made
};

}  // namespace confcast::push
