#include "coalescer.hpp"

#include <algorithm>
#include <utility>

namespace confcast::etcd {
namespace {

std::size_t bytes_of(const store::Transaction& transaction) {
    std::size_t bytes = 0;
    // A key that is put is named again by the read of its new state, one that is compared by the read for the refusal.
    for (const store::Put& put : transaction.puts) bytes += 2 * put.key.size() + put.value.size();
    for (const std::string& key : transaction.deletes) bytes += key.size();
    for (const store::Compare& compare : transaction.compares) bytes += 2 * compare.key.size();
    return bytes;
}

template <class Visit>
void each_key(const store::Transaction& transaction, const Visit& visit) {
    for (const store::Put& put : transaction.puts) visit(put.key);
    for (const std::string& key : transaction.deletes) visit(key);
    for (const store::Compare& compare : transaction.compares) visit(compare.key);
}

/// Cuts what waits into batches, one write after the other.
class Cut {
  public:
    explicit Cut(const CoalescerLimits& limits) : limits_(limits) {}

    /// False when it would take one batch more than may go.
    bool add(const QueuedWritePtr& write) {
        const store::Transaction& transaction = write->transaction;
        // Behind every batch that knows one of its keys. Two that only compare a key could go together; it is seldom.
        std::size_t at = open_;
        each_key(transaction, [&](std::string_view key) {
            if (const auto found = last_.find(key); found != last_.end()) at = std::max(at, found->second + 1);
        });
        const Size size{operations_of(transaction), bytes_of(transaction)};
        if (at < batches_.size() && !has_room(at, size)) {
            if (at == open_) ++open_;  // it is as good as full
            at = batches_.size();
        }
        if (at >= limits_.burst) return false;
        if (at == batches_.size()) {
            batches_.emplace_back();
            sizes_.emplace_back();
        }
        batches_[at].push_back(write);
        sizes_[at].operations += size.operations;
        sizes_[at].bytes += size.bytes;
        each_key(transaction, [&](std::string_view key) { last_[key] = at; });
        return true;
    }

    std::vector<WriteBatch> done() && { return std::move(batches_); }

  private:
    struct Size {
        std::size_t operations = 0;
        std::size_t bytes = 0;
    };
    bool has_room(std::size_t at, const Size& more) const {
        return sizes_[at].operations + more.operations <= limits_.operations &&
               sizes_[at].bytes + more.bytes <= limits_.bytes;
    }

    const CoalescerLimits& limits_;
    std::vector<WriteBatch> batches_;
    std::vector<Size> sizes_;
    std::size_t open_ = 0;                                    // those before it take no more
    std::unordered_map<std::string_view, std::size_t> last_;  // the last batch that names the key
};

}  // namespace

std::size_t operations_of(const store::Transaction& transaction) {
    const std::size_t changes = 2 * transaction.puts.size() + transaction.deletes.size();  // each put's state is read
    return transaction.compares.empty() ? changes : 1 + changes + transaction.compares.size();
}

bool Coalescer::fits(const store::Transaction& transaction) const {
    if (!transaction.compares.empty() && !limits_.conditions) return false;
    return operations_of(transaction) <= limits_.operations && bytes_of(transaction) <= limits_.bytes;
}

std::vector<WriteBatch> Coalescer::take() {
    if (calls_ >= limits_.calls) return {};
    return take_anyway();
}

std::vector<WriteBatch> Coalescer::take_anyway() {
    Cut cut(limits_);
    for (; !waiting_.empty(); waiting_.pop_front())
        if (!waiting_.front()->gone && !cut.add(waiting_.front())) break;
    return std::move(cut).done();
}

std::optional<SteadyTime> Coalescer::oldest() {
    while (!waiting_.empty() && waiting_.front()->gone) waiting_.pop_front();
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front()->since;
}

}  // namespace confcast::etcd
