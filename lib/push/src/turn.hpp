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

}  // namespace confcast::push
