#include "confcast/http/message.hpp"
