// confcast: settings from a command line.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "program.hpp"

int main(int count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto environment = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        if (value == nullptr) return std::nullopt;
        return std::string(value);
    };
    return confcast::cli::run_program({arguments + 1, arguments + count}, environment,
                                      {::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1}, std::cout,
                                      std::cerr);
}
