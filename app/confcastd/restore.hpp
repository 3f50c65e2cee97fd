// confcastd restore [FLAGS] FILE|-: loads a dump (GET /api/v1/snapshot, `confcast backup`) into an empty store. Takes
// the server's own flags, so that the store is named as for the server; no server may use the store meanwhile.
#pragma once

namespace confcast::app {

/// argv[0] is the program, argv[1] "restore". The exit code: 0 restored and read back; 1 the store or the dump cannot
/// be used, or the store is not empty; 2 usage; 7 the dump is not whole, or is none.
int restore(int argc, char** argv);

}  // namespace confcast::app
