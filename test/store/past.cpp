#include "past.hpp"

#include <set>

namespace confcast::test {

store::Revision Past::mod_revision(const std::string& key) const {
    const auto found = at(0).find(key);
    return found == at(0).end() ? 0 : found->second.mod_revision;
}

bool Past::apply(const store::Transaction& transaction) {
    for (const auto& compare : transaction.compares) {
        const bool equal = mod_revision(compare.key) == compare.mod_revision;
        if (equal != (compare.relation == store::Compare::Relation::equal)) return false;
    }
    State next = at(0);
    const auto revision = newest() + 1;
    bool changed = !transaction.puts.empty();
    for (const auto& put : transaction.puts) {
        auto& kv = next[put.key];
        if (kv.version == 0) kv.create_revision = revision;
        kv = {put.key, put.value, kv.create_revision, revision, kv.version + 1, put.lease};
    }
    for (const auto& key : transaction.deletes) changed = next.erase(key) == 1 || changed;
    if (changed) states_[revision] = std::move(next);
    return true;
}

store::RangeResult Past::range(const store::RangeRequest& request) const {
    store::RangeResult result;
    result.revision = newest();
    for (const auto& [key, kv] : at(request.at)) {
        if (!request.range.contains(key)) continue;
        if (request.limit > 0 && result.kvs.size() == static_cast<std::size_t>(request.limit)) {
            result.more = true;
            break;
        }
        result.kvs.push_back(kv);
        if (request.keys_only) result.kvs.back().value.clear();
    }
    return result;
}

store::Transaction Chooser::transaction(const Past& past) {
    store::Transaction transaction;
    if (one_in(4)) {
        const auto key = this->key();
        const auto found = past.at(0).find(key);
        const auto now = found == past.at(0).end() ? 0 : found->second.mod_revision;
        const auto relation = one_in(4) ? store::Compare::Relation::not_equal : store::Compare::Relation::equal;
        transaction.compares.push_back({key, relation, one_in(4) ? now + 1 : now});
    }
    std::set<std::string> named;
    for (auto i = 1 + below(3); i > 0; --i) {
        // One key is changed more than all others: a move has to part its rows, too.
        auto key = one_in(4) ? "k5" : this->key();
        if (!named.insert(key).second) continue;
        if (one_in(3))
            transaction.deletes.push_back(std::move(key));
        else
            transaction.puts.push_back({std::move(key), std::string(below(40), 'v') + std::to_string(below(1'000)), 0});
    }
    return transaction;
}

store::RangeRequest Chooser::range(const Past& past) {
    store::RangeRequest request;
    switch (below(4)) {
        case 0:
            request.range = store::KeyRange::single(key());
            break;
        case 1:
            request.range = store::KeyRange::prefix("k");
            break;
        case 2:
            request.range = {key(), ""};
            break;
        default:
            request.range = {key(), key()};
    }
    if (!one_in(3))
        request.at = past.oldest() +
                     static_cast<store::Revision>(below(static_cast<std::size_t>(past.newest() - past.oldest()) + 1));
    request.limit = static_cast<std::int64_t>(one_in(2) ? 0 : below(8));
    request.keys_only = one_in(3);
    return request;
}

}  // namespace confcast::test
