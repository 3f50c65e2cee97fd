// `confcastd config …`: what the configuration is, without serving anything.
#pragma once

#include "configuration.hpp"

namespace confcast::app {

/// `invocation.arguments` begins behind the word `config`. What is wrong goes to stderr.
Ending run_config(Invocation invocation);

}  // namespace confcast::app
