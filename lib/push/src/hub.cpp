#include "confcast/push/hub.hpp"
