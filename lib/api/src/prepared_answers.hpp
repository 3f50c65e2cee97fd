// The answers to GET of a setting, each made once for its revision and shared by all who ask. Bounded by bytes: what
// has not been asked for lately goes first.
// Invariant: an answer is of the very entry that it was asked for; a setting that changes is another entry.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>

#include "confcast/feed/entry.hpp"
#include "confcast/http/message.hpp"

namespace confcast::api {

class PreparedAnswers {
  public:
    using Pointer = std::shared_ptr<const http::Prepared>;

    /// `limit` in bytes, about; 0 keeps none.
    explicit PreparedAnswers(std::size_t limit) : limit_(limit) {}

    /// The whole entry in its envelope, its type, its entity tag, and that it is to be asked for again. Made now when
    /// it is not there; kept when it is not too large a part of the whole.
    Pointer of(const feed::EntryPtr& entry);
    /// Another limit from now on.
    void change(std::size_t limit);

    std::size_t size() const { return kept_.size(); }
    std::size_t bytes() const { return bytes_; }
    std::uint64_t made() const { return made_; }

  private:
    struct Item {
        feed::EntryPtr entry;  // held, or another one could come to lie where it lay
        Pointer answer;
        std::size_t weight = 0;
        bool used = false;  // since it was last looked at
    };
    void shrink();

    std::size_t limit_;
    std::size_t bytes_ = 0;
    std::uint64_t made_ = 0;
    std::list<Item> kept_;  // the next one to go first
    std::unordered_map<const feed::Entry*, std::list<Item>::iterator> by_entry_;
};

}  // namespace confcast::api
