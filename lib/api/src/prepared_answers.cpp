#include "prepared_answers.hpp"

#include <utility>

#include "conditions.hpp"
#include "confcast/push/entry_json.hpp"
#include "envelope.hpp"

namespace confcast::api {
namespace {

// One answer is at most such a part of all: a large setting drives out few others.
constexpr std::size_t least_answers = 8;
constexpr std::size_t around_it = 512;  // bytes of an item besides its texts, about

PreparedAnswers::Pointer make_answer(const feed::Entry& entry) {
    auto answer = std::make_shared<http::Prepared>();
    answer->headers.emplace_back("Content-Type", json_content_type);
    answer->headers.emplace_back("ETag", entity_tag(entry.mod_revision));
    answer->headers.emplace_back("Cache-Control", "no-cache");
    std::string& body = answer->body;
    body.reserve(entry.value.size() + entry.key.size() + 256);
    body += envelope_begin;
    push::append_entry(body, entry, false);
    body += envelope_end;
    return answer;
}

}  // namespace

PreparedAnswers::Pointer PreparedAnswers::of(const feed::EntryPtr& entry) {
    if (const auto found = by_entry_.find(entry.get()); found != by_entry_.end()) {
        found->second->used = true;
        return found->second->answer;
    }
    ++made_;
    Pointer answer = make_answer(*entry);
    // The entry counts too: it may be here only for this.
    const std::size_t weight = answer->body.capacity() + entry->value.size() + entry->key.size() + around_it;
    if (weight > limit_ / least_answers) return answer;
    kept_.push_back({entry, answer, weight});
    by_entry_.emplace(entry.get(), std::prev(kept_.end()));
    bytes_ += weight;
    shrink();
    return answer;
}

void PreparedAnswers::change(std::size_t limit) {
    limit_ = limit;
    shrink();
}

void PreparedAnswers::shrink() {
    while (bytes_ > limit_) {
        const auto oldest = kept_.begin();
        if (std::exchange(oldest->used, false)) {
            kept_.splice(kept_.end(), kept_, oldest);
            continue;
        }
        bytes_ -= oldest->weight;
        by_entry_.erase(oldest->entry.get());
        kept_.erase(oldest);
    }
}

}  // namespace confcast::api
