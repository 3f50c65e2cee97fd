#include "confcast/http/middleware.hpp"
