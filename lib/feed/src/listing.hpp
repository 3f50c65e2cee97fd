// A list of all settings at one revision, page by page: which page to ask for next, and what a page's keys are as
// settings. No loop, no store: who drives it does the awaiting.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "confcast/feed/entry.hpp"
#include "confcast/feed/token_records.hpp"
#include "confcast/store/layout.hpp"

namespace confcast::feed {

class Listing {
  public:
    enum class Content : std::uint8_t { everything, keys_only };
    struct Item {
        std::string_view key;       // the setting's
        store::KeyValue& kv;        // its value may be moved from
        const std::string* record;  // the metadata record that counts (empty for keys_only); null when there is none
    };

    using NotificationVisitor = std::function<void(std::string_view id, const store::KeyValue& kv)>;

    /// At revision `at`; 0 = at the newest, and every page at what the first page's revision turns out to be.
    /// Pages are small at first and grow up to `page` keys while they stay under some megabytes.
    Listing(const store::Layout& layout, Revision at, std::int64_t page, Content content = Content::everything);

    store::RangeRequest next_page() const { return next_; }
    /// Calls `visit` for each setting of the page, ascending by key over all pages, and `notify` for each notification
    /// (its id, and what the store has). True when there are more pages.
    bool take(store::RangeResult page, const std::function<void(Item)>& visit, const NotificationVisitor& notify = {});

    /// The revision listed; 0 before the first page of a list at the newest.
    Revision revision() const { return next_.at; }
    /// The store's newest revision as the last page told it.
    Revision head() const { return head_; }
    /// The tokens of the pages so far; of keys_only without their bytes.
    TokenRecords take_tokens() { return std::move(tokens_); }
    const TokenRecords& tokens() const { return tokens_; }
    /// Keys that break the rules of keys: no settings.
    std::uint64_t foreign() const { return foreign_; }

  private:
    struct Record {
        std::string key;
        Revision revision = 0;
        std::string bytes;
    };
    const std::string* record_of(std::string_view key, Revision revision);

    const store::Layout& layout_;
    std::int64_t max_page_;
    store::RangeRequest next_;
    Revision head_ = 0;
    std::uint64_t foreign_ = 0;
    std::deque<Record> records_;  // metadata sorts before entries: what waits for its entry, ascending
    TokenRecords tokens_;
    std::string current_;  // the record handed out last
};

}  // namespace confcast::feed
