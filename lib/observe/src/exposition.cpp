#include "confcast/base/error.hpp"
