#include "confcast/verify/workload.hpp"

#include <set>

namespace confcast::verify {

std::string Writes::value() {
    auto text = "w" + writer_ + "-" + std::to_string(written_++) + " ";
    // Mostly small; some that fill a slow client's buffers soon.
    const auto size = dice_.percent(70)   ? dice_.below(64)
                      : dice_.percent(80) ? dice_.below(2'000)
                                          : dice_.below(40'000);
    return text.append(size, static_cast<char>('a' + dice_.below(26)));
}

Operation Writes::next() {
    const auto chance = dice_.below(100);
    if (chance < 18) return transaction();
    Operation operation;
    if (chance < 35) {
        operation.kind = Operation::Kind::remove;
        operation.deletes.push_back(keys_.any(dice_));
        return operation;
    }
    if (chance < 45) operation.kind = Operation::Kind::create;
    if (chance >= 95) operation.ttl = static_cast<int>(dice_.between(1, 3));
    operation.puts.emplace_back(keys_.any(dice_), value());
    return operation;
}

// A key may be named once only.
Operation Writes::transaction() {
    Operation operation;
    operation.kind = Operation::Kind::transaction;
    std::set<std::string> named;
    const auto count = dice_.between(2, 8);
    while (named.size() < static_cast<std::size_t>(count)) {
        auto key = keys_.any(dice_);
        if (!named.insert(key).second) continue;
        // At least one put, so that the transaction can be recognised.
        if (operation.puts.empty() || dice_.percent(75))
            operation.puts.emplace_back(std::move(key), value());
        else
            operation.deletes.push_back(std::move(key));
    }
    return operation;
}

Filter make_filter(const Keys& keys, Dice dice, std::size_t n, bool everything) {
    Filter filter;
    const auto group = keys.root + static_cast<char>('a' + dice.below(keys.groups));
    switch (n % 5) {
        case 0:
            if (!everything) filter.prefixes.push_back(keys.root);
            break;
        case 1:
            filter.prefixes.push_back(group + "/");
            break;
        case 2:
            for (auto count = dice.between(1, 4); count > 0; --count) filter.keys.push_back(keys.any(dice));
            break;
        case 3:  // a prefix that ends within a segment
            filter.prefixes.push_back(group + "/1");
            filter.prefixes.push_back(keys.root + static_cast<char>('a' + dice.below(keys.groups)) + "/");
            break;
        default:  // a key that a prefix covers as well
            filter.prefixes.push_back(group + "/");
            filter.keys.push_back(group + "/1");
            filter.keys.push_back(keys.any(dice));
            break;
    }
    return filter;
}

}  // namespace confcast::verify
