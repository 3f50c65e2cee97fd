#include "confcast/verify/write_book.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace confcast::verify {
namespace {

/// The revisions at which a key got a value.
class Index {
  public:
    explicit Index(const History& history) {
        for (const auto& [key, timeline] : history.keys())
            for (const Event* event : timeline)
                if (!event->is_delete) revisions_[name(key, event->value)].push_back(event->mod_revision);
    }
    const std::vector<Revision>& of(const std::string& key, const std::string& value) const {
        static const std::vector<Revision> none;
        const auto found = revisions_.find(name(key, value));
        return found == revisions_.end() ? none : found->second;
    }

  private:
    static std::string name(const std::string& key, const std::string& value) { return key + '\0' + value; }
    std::unordered_map<std::string, std::vector<Revision>> revisions_;
};

}  // namespace

void WriteBook::note(Outcome outcome, Write write, Revision revision, bool applied) {
    ++counts_[static_cast<std::size_t>(outcome)];
    if (outcome == Outcome::acknowledged && applied) acknowledged_ = std::max(acknowledged_, revision);
    records_.push_back({outcome, revision, std::move(write)});
}

void WriteBook::finish(const History& history, Verdict& verdict) const {
    const Index index(history);
    for (const Record& record : records_) {
        std::set<Revision> revisions;
        std::size_t present = 0;
        for (const auto& [key, value] : record.write.puts) {
            const auto& found = index.of(key, value);
            revisions.insert(found.begin(), found.end());
            present += found.empty() ? 0U : 1U;
            if (found.size() > 1) verdict.note(verdict.diverged, key + ": '" + value + "' was written twice");
            if (!found.empty() && record.outcome == Outcome::refused)
                verdict.note(verdict.diverged, key + ": '" + value + "' was refused, but the store has it at " +
                                                   std::to_string(found.front()));
        }
        if (record.outcome == Outcome::acknowledged)
            judge_acknowledged(record, history, verdict);
        else if (present != 0 && (present != record.write.puts.size() || (present > 1 && revisions.size() > 1)))
            verdict.note(verdict.torn, record.write.puts.front().first + ": only a part of its transaction is stored");
    }
}

void WriteBook::judge_acknowledged(const Record& record, const History& history, Verdict& verdict) {
    const auto revision = std::to_string(record.revision);
    for (const auto& [key, value] : record.write.puts) {
        const Event* event = history.exactly(key, record.revision);
        if (event == nullptr || event->is_delete || event->value != value)
            verdict.note(verdict.diverged, key + ": '" + value + "' was acknowledged at " + revision +
                                               ", the store does not have it there");
    }
    for (const auto& key : record.write.deletes) {
        const Event* event = history.exactly(key, record.revision);
        if (event == nullptr || !event->is_delete)
            verdict.note(verdict.diverged,
                         key + ": its delete was acknowledged at " + revision + ", the store does not have it there");
    }
    const auto written = record.write.puts.size() + record.write.deletes.size();
    if (written != 0 && history.at(record.revision).size() > written)
        verdict.note(verdict.torn, "revision " + revision + " holds more than the write that made it");
}

}  // namespace confcast::verify
