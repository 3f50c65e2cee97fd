#include "confcast/push/message.hpp"
