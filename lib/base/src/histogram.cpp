#include "confcast/base/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace confcast {

Histogram::Histogram(std::span<const double> bounds) : size_(bounds.size()) {
    const bool finite = std::ranges::all_of(bounds, [](double bound) { return std::isfinite(bound); });
    const bool ascending = std::ranges::adjacent_find(bounds, std::greater_equal{}) == bounds.end();
    if (bounds.empty() || bounds.size() > capacity || !finite || !ascending)
        throw std::invalid_argument("A histogram needs 1 to 20 finite upper bounds in ascending order.");
    std::ranges::copy(bounds, bounds_.begin());
}

}  // namespace confcast
