#include "confcast/feed/feed.hpp"
