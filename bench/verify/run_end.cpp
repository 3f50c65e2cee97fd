// The end of a run: wait until nothing changes any more, and compare.
#include <boost/json.hpp>
#include <stdexcept>

#include "confcast/load/http.hpp"
#include "run.hpp"

namespace confcast::verify {

using namespace std::chrono_literals;
using load::Clock;

Listing Run::settle(Revision& end) {
    const auto deadline = Clock::now() + options_.patience;
    // Settings with a time to live end by themselves for a while yet; a repeat would come in the quiet after the last.
    constexpr auto quiet = 1'200ms;
    Listing listed;
    while (true) {
        must_be_whole();
        Revision before = 0;
        list(before);
        while (!subscribers_->have_reached(before) && Clock::now() < deadline) {
            must_be_whole();
            std::this_thread::sleep_for(10ms);
        }
        std::this_thread::sleep_for(quiet);
        listed = list(end);
        if (end == before || Clock::now() > deadline) return listed;
    }
}

Listing Run::list(Revision& end) const {
    namespace json = boost::json;
    load::HttpClient http(endpoint());
    Listing all;
    std::string cursor;
    do {
        auto target = "/api/v1/config?limit=500&prefix=" + keys_.root + (cursor.empty() ? "" : "&cursor=" + cursor);
        const auto response = http.get(target);
        if (response.status != 200) throw std::runtime_error("listing at the end: " + response.body);
        const auto answer = json::parse(response.body);
        const auto& data = answer.at("data").as_object();
        end = data.at("revision").as_int64();
        for (const auto& each : data.at("entries").as_array()) {
            auto entry = read_entry(json::serialize(each));
            auto key = entry.key;
            all.emplace(std::move(key), std::move(entry));
        }
        const auto* next = data.at("next_cursor").if_string();
        cursor = next == nullptr ? std::string{} : std::string(*next);
    } while (!cursor.empty());
    return all;
}

// The API's list against the store itself. The caller holds the court's mutex.
void Run::check_list(const Listing& listed, Revision end) {
    auto& verdict = court_.verdict;
    for (const auto& [key, timeline] : court_.history.keys()) {
        if (!key.starts_with(keys_.root)) continue;
        const Event* last = History::newest(timeline, end);
        const auto found = listed.find(key);
        const bool is_there = last != nullptr && !last->is_delete;
        const bool is_same = is_there && found != listed.end() && found->second.value == last->value &&
                             found->second.mod_revision == last->mod_revision;
        if (is_there ? !is_same : found != listed.end())
            verdict.note(verdict.diverged, "the list: " + key + " is not what the store holds");
    }
    for (const auto& [key, entry] : listed)
        if (!court_.history.keys().contains(key))
            verdict.note(verdict.diverged, "the list: " + key + " was never in the store");
}

}  // namespace confcast::verify
