#include "confcast/http/standard_middleware.hpp"
