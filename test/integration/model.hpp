// What a subscriber knows, built from the messages it gets; judges each message by the promises of the push protocol:
// positions only grow, no change twice, no gap, a revision whole.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace confcast::test {

namespace json = boost::json;

struct Known {
    std::string value;
    std::int64_t mod_revision = 0;
    std::int64_t version = 0;
    friend bool operator==(const Known&, const Known&) = default;
};
using KnownMap = std::map<std::string, Known>;

class Model {
  public:
    /// Keys that begin with this are written in twos, `<pair><n>/a` and `<pair><n>/b`, always in one transaction and
    /// with one value: a state in which they differ has torn a revision.
    explicit Model(std::string pair_prefix = "") : pair_prefix_(std::move(pair_prefix)) {}

    /// Takes one server message.
    void apply(const json::object& message);

    const KnownMap& entries() const { return entries_; }
    std::int64_t position() const { return position_; }
    const std::string& epoch() const { return epoch_; }
    /// What `since` says to resume here.
    std::string since() const { return epoch_ + ":" + std::to_string(position_); }
    bool welcomed() const { return !resume_.empty(); }
    /// Of the last welcome.
    const std::string& resume() const { return resume_; }
    const std::string& reason() const { return reason_; }
    std::size_t updates() const { return updates_; }
    std::size_t coalesced() const { return coalesced_; }
    std::size_t snapshots() const { return snapshots_; }
    bool in_snapshot() const { return snapshot_open_; }
    /// Every promise broken so far, in words. The first few; a broken stream breaks everything after.
    const std::vector<std::string>& violations() const { return violations_; }

    /// A new connection that resumes: what is known stays, the stream begins anew.
    void reconnect() { resume_.clear(); }

  private:
    void on_welcome(const json::object& message);
    void on_snapshot(const json::object& message);
    void on_update(const json::object& message);
    void on_event(const json::object& event, std::int64_t seq_id, bool folded);
    void check_pairs();
    void broken(std::string what);

    std::string pair_prefix_;
    KnownMap entries_;
    std::int64_t position_ = 0;
    std::string epoch_;
    std::string resume_;
    std::string reason_;
    bool snapshot_open_ = false;
    bool complete_ = false;  // began with a snapshot: a key that is not known does not exist
    std::size_t updates_ = 0;
    std::size_t coalesced_ = 0;
    std::size_t snapshots_ = 0;
    std::vector<std::string> violations_;
};

}  // namespace confcast::test
