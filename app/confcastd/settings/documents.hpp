// The table of settings as people read it.
#pragma once

#include <string>
#include <string_view>

#include "setting.hpp"

namespace confcast::app {

/// A configuration file in which every setting has its default, as a comment.
std::string default_file(const Settings& settings);
/// Every variable with its default, one a line.
std::string environment_list(const Settings& settings);
/// A page in Markdown.
std::string reference(const Settings& settings);
/// The manual page confcastd(8), in the language of man(7).
std::string manual(const Settings& settings, std::string_view version);
/// Words as the right side of an assignment in TOML.
std::string toml_value(Setting::Kind kind, const Words& words);

}  // namespace confcast::app
