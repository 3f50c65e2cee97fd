// A history and one stream on it, with short ways to say what happens.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "confcast/verify/stream.hpp"

namespace confcast::verify::test {

inline Event put(std::string key, std::string value, Revision revision, std::int64_t version = 1,
                 Revision created = 0) {
    return {false, std::move(key), std::move(value), created == 0 ? revision : created, revision, version};
}
inline Event gone(std::string key, Revision revision) { return {true, std::move(key), {}, 0, revision, 0}; }

inline Message welcome(std::string resume, std::string reason, Revision seq_id = 0, std::string epoch = "e") {
    Message message;
    message.type = Message::Type::welcome;
    message.seq_id = seq_id;
    message.epoch = std::move(epoch);
    message.resume = std::move(resume);
    message.reason = std::move(reason);
    return message;
}
inline Message of_type(Message::Type type, Revision seq_id, std::vector<Event> events = {}) {
    Message message;
    message.type = type;
    message.seq_id = seq_id;
    message.events = std::move(events);
    return message;
}
inline Message snapshot(Revision seq_id, std::vector<Event> entries) {
    return of_type(Message::Type::snapshot, seq_id, std::move(entries));
}
inline Message page(std::vector<Event> entries, Revision seq_id = 0) {
    auto message = snapshot(seq_id, std::move(entries));
    message.more = true;
    return message;
}
inline Message update(Revision seq_id, std::vector<Event> events) {
    return of_type(Message::Type::update, seq_id, std::move(events));
}
inline Message folded(Revision from, Revision seq_id, std::vector<Event> events) {
    auto message = update(seq_id, std::move(events));
    message.coalesced_from = from;
    return message;
}
inline Message bookmark(Revision seq_id) { return of_type(Message::Type::bookmark, seq_id); }

// The history:   2: a=1   3: a=2   4: b=1, c=1 (one transaction)   5: b gone   6: x=1   7: a=3   8: t=1   9: t gone
class Court : public testing::Test {
  protected:
    Court() {
        for (auto& event : std::vector<Event>{a2, a3, b4, c4, gone("b", 5), x6, a7, put("t", "1", 8), gone("t", 9)})
            history.add(event);
        history.complete_to(9);
    }

    /// A stream of a, b, c and t that has the state of revision 2.
    Stream started(Filter filter = {{"a", "b", "c", "t"}, {}}) {
        Stream stream("s", std::move(filter), history, verdict);
        stream.connects(0, 2);
        stream.takes(welcome("none", "fresh"));
        stream.takes(snapshot(2, {a2}));
        return stream;
    }
    /// Judges these messages; "" when nothing is wrong, else the counts that are not 0: "gaps=1 torn=2".
    std::string judged(Stream& stream, std::vector<Message> messages) {
        for (auto& message : messages) stream.takes(std::move(message));
        stream.settle();
        return counts();
    }
    std::string judged(std::vector<Message> messages) {
        auto stream = started();
        return judged(stream, std::move(messages));
    }
    std::string counts() const {
        std::string text;
        const auto add = [&](const char* name, std::uint64_t count) {
            if (count != 0) text += (text.empty() ? "" : " ") + std::string(name) + "=" + std::to_string(count);
        };
        add("gaps", verdict.gaps);
        add("repeats", verdict.repeats);
        add("reorders", verdict.reorders);
        add("torn", verdict.torn);
        add("diverged", verdict.diverged);
        return text;
    }
    Listing at_the_end() const { return {{"a", a7}, {"c", c4}, {"x", x6}}; }

    const Event a2 = put("a", "1", 2);
    const Event a3 = put("a", "2", 3, 2, 2);
    const Event b4 = put("b", "1", 4);
    const Event c4 = put("c", "1", 4);
    const Event x6 = put("x", "1", 6);
    const Event a7 = put("a", "3", 7, 3, 2);
    History history;
    Verdict verdict;
};

}  // namespace confcast::verify::test
