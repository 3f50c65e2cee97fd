// confcastd restore [FLAGS] FILE|-: loads a dump (GET /api/v1/snapshot, `confcast backup`) into an empty store. Takes
// the server's own flags, so that the store is named as for the server; no server may use the store meanwhile.
#pragma once

#include "configuration.hpp"

namespace confcast::app {

/// `invocation.arguments` begins behind the word `restore`. The exit code: 0 restored and read back; 1 the store or the
/// dump cannot be used, or the store is not empty; 2 usage; 7 the dump is not whole, or is none, or the configuration
/// is wrong.
int restore(Invocation invocation);

}  // namespace confcast::app
