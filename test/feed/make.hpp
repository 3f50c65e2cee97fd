// Short words for what feed tests are made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "confcast/feed/entry.hpp"
#include "confcast/store/layout.hpp"

namespace confcast::feed::test {

inline EntryPtr entry(std::string key, std::string value, Revision mod, std::string author = {}) {
    auto made = std::make_shared<Entry>();
    made->key = std::move(key);
    made->value = std::move(value);
    made->create_revision = mod;
    made->mod_revision = mod;
    made->version = 1;
    made->meta.author = std::move(author);
    return made;
}

inline KeyChange put(std::string key, std::string value, Revision mod) {
    return {key, entry(key, std::move(value), mod)};
}
inline KeyChange del(std::string key) { return {std::move(key), nullptr}; }

inline ChangePtr change(Revision revision, std::vector<KeyChange> events) {
    return std::make_shared<const Change>(revision, std::move(events));
}

inline store::Layout layout() { return store::Layout::make("/config/").value(); }

inline store::Event put_event(std::string store_key, std::string value, Revision mod) {
    return {store::Event::Type::put, {std::move(store_key), std::move(value), mod, mod, 1, 0}};
}
inline store::Event delete_event(std::string store_key, Revision mod) {
    return {store::Event::Type::del, {std::move(store_key), "", 0, mod, 0, 0}};
}
inline store::Event record_event(const std::string& key, std::string author, Revision mod) {
    store::Metadata meta;
    meta.author = std::move(author);
    return put_event(layout().meta_key(key), store::encode_metadata(meta), mod);
}

inline std::string text(const KeyChange& event) {
    return event.is_delete() ? "-" + event.key : event.key + "=" + event.entry->value;
}
inline std::vector<std::string> texts(const std::vector<KeyChange>& events) {
    std::vector<std::string> out;
    for (const KeyChange& event : events) out.push_back(text(event));
    return out;
}
/// "5: a=1 -b"
inline std::string text(const Change& change) {
    std::string out = std::to_string(change.revision) + ":";
    for (const KeyChange& event : change.events) out += " " + text(event);
    return out;
}

}  // namespace confcast::feed::test
