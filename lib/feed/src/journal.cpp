#include "confcast/feed/journal.hpp"
