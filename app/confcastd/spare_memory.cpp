#include "spare_memory.hpp"

#include <algorithm>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace confcast::app {
namespace {

constexpr std::size_t crowd = 500;
constexpr std::chrono::milliseconds moment{500};

}  // namespace

bool SpareMemory::is_due(std::size_t connections, SteadyTime now) {
    most_ = std::max(most_, connections);
    if (most_ < crowd || connections > most_ / 2) {
        gone_since_ = SteadyTime::max();
        return false;
    }
    gone_since_ = std::min(gone_since_, now);
    if (now - gone_since_ < moment) return false;
    most_ = connections;
    gone_since_ = SteadyTime::max();
    return true;
}

void return_memory() {
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}  // namespace confcast::app
