#include "confcast/http/router.hpp"
