#include "confcast/store/embedded.hpp"
