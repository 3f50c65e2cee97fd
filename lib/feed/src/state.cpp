#include "confcast/feed/state.hpp"
