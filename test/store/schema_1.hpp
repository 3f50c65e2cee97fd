// A store's file as servers before the key index made it (schema 1), by its own statements: lib/ no longer knows them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "past.hpp"

namespace confcast::test {

inline constexpr std::uint64_t schema_1_epoch = 0x0123456789ABCDEF;

/// Makes DIRECTORY/confcast.db. `done`: what made the revisions 2, 3, … of `past`, one each.
void make_schema_1(const std::filesystem::path& directory, const Past& past,
                   const std::vector<store::Transaction>& done);

}  // namespace confcast::test
