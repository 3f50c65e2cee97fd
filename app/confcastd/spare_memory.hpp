// When memory that a crowd has left behind goes back to the system. The allocator keeps what was freed between what
// lives; after ten thousand connections have come and gone that is most of the process.
#pragma once

#include <cstddef>

#include "confcast/base/async.hpp"

namespace confcast::app {

class SpareMemory {
  public:
    /// Asked now and then, with the connections that are open: true when it is worth the few milliseconds that
    /// return_memory() takes. That is when half of a crowd has gone, and a moment later, so that those who leave
    /// together count once.
    bool is_due(std::size_t connections, SteadyTime now);

  private:
    std::size_t most_ = 0;  // since the last time
    SteadyTime gone_since_ = SteadyTime::max();
};

/// Gives what is free back to the system.
void return_memory();

}  // namespace confcast::app
