// The globs of lib/glob under this room's name.
#pragma once

#include "confcast/glob/glob.hpp"

namespace confcast::push {

using glob::any_segments;
using glob::check_glob;
using glob::glob_head;
using glob::glob_matches;
using glob::Segments;

}  // namespace confcast::push
