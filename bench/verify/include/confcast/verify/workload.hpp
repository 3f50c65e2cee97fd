// What writers write and subscribers ask for: functions of the seed. The keys are <root><group>/<n>; writers share
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "confcast/verify/dice.hpp"
#include "confcast/verify/filter.hpp"

namespace confcast::verify {

struct Keys {
    std::string root = "v/";
    std::size_t groups = 4;
    std::size_t in_group = 12;
    std::string name(std::size_t group, std::size_t n) const {
        return root + static_cast<char>('a' + group) + "/" + std::to_string(n);
    }
    std::string any(Dice& dice) const { return name(dice.below(groups), dice.below(in_group)); }
};

struct Operation {
    enum class Kind : std::uint8_t { put, create, remove, transaction };
    Kind kind = Kind::put;
    std::vector<std::pair<std::string, std::string>> puts;  // key, value: each value is written once only
    std::vector<std::string> deletes;
    std::optional<int> ttl;  // seconds, of the puts
};

class Writes {
  public:
    Writes(Keys keys, Dice dice, std::size_t writer)
        : keys_(std::move(keys)), dice_(dice), writer_(std::to_string(writer)) {}
    Operation next();

  private:
    std::string value();
    Operation transaction();

    Keys keys_;
    Dice dice_;
    std::string writer_;
    std::uint64_t written_ = 0;
};

/// What subscriber number `n` asks for: all, prefixes, exact keys, or a mixture with overlaps. `everything` false: all
/// means the root's prefix, for a store that holds other things, too.
Filter make_filter(const Keys& keys, Dice dice, std::size_t n, bool everything);

}  // namespace confcast::verify
