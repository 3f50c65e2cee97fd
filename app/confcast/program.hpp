// The whole command line: from its words to an exit code. main() and tests call it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "settings.hpp"

namespace confcast::cli {

struct Terminal {
    bool out = false;    // standard output is one
    bool error = false;  // standard error is one
};

/// `words` without the program's name.
int run_program(const std::vector<std::string>& words, const Environment& environment, Terminal terminal,
                std::ostream& out, std::ostream& error);

}  // namespace confcast::cli
