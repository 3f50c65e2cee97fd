#include "confcast/http/server.hpp"
