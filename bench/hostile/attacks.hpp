// The attacks, by name.
#pragma once

#include <vector>

#include "swarm.hpp"

namespace confcast::hostile {

/// `scale` 1 is the real thing; less, for a test, is fewer connections and requests.
std::vector<Plan> plans(double scale);

}  // namespace confcast::hostile
