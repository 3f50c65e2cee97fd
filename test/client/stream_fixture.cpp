#include "stream_fixture.hpp"

#include <boost/json/serialize.hpp>

#include "json_entry.hpp"

namespace confcast::client::test {
namespace json = boost::json;

namespace {

std::string message(Revision seq_id, std::string_view type, json::object payload) {
    return json::serialize(json::object{{"seq_id", seq_id}, {"type", json::string(type)}, {"payload", payload}});
}

json::object entry_of(const Said& said) {
    Entry entry;
    entry.key = said.key;
    entry.value = said.value;
    entry.mod_revision = said.revision;
    entry.version = 1;
    return to_json(entry);
}

json::array texts(const std::vector<std::string>& from) { return json::array(from.begin(), from.end()); }

}  // namespace

std::string welcome(Revision seq_id, std::string_view resume, std::string_view reason, std::string_view epoch) {
    return message(seq_id, "welcome",
                   {{"protocol", 1},
                    {"session", "s"},
                    {"epoch", json::string(epoch)},
                    {"server", "test"},
                    {"heartbeat_ms", 25'000},
                    {"resume", json::string(resume)},
                    {"reason", json::string(reason)}});
}

std::string page(Revision seq_id, const std::vector<Said>& entries, bool more) {
    json::array array;
    for (const Said& said : entries) array.push_back(entry_of(said));
    return message(seq_id, "snapshot", {{"entries", array}, {"more", more}});
}

std::string update(Revision seq_id, const std::vector<Said>& events, Revision coalesced_from) {
    json::array array;
    for (const Said& said : events) {
        json::object event =
            said.deleted ? json::object{{"key", said.key}, {"mod_revision", said.revision}} : entry_of(said);
        event["op"] = said.deleted ? "delete" : "put";
        array.push_back(std::move(event));
    }
    json::object payload{{"events", array}};
    if (coalesced_from != 0) payload["coalesced_from"] = coalesced_from;
    return message(seq_id, "update", payload);
}

std::string bookmark(Revision seq_id) { return message(seq_id, "bookmark", {}); }

std::string in_force(std::string_view type, Revision seq_id, const Filters& filters) {
    return message(
        seq_id, type,
        {{"keys", texts(filters.keys)}, {"prefixes", texts(filters.prefixes)}, {"globs", texts(filters.globs)}});
}

std::string refusal(Revision seq_id, std::int64_t id, int code) {
    return message(seq_id, "error",
                   {{"id", id}, {"code", code}, {"message", "refused"}, {"data", {{"limit", 3}, {"count", 4}}}});
}

std::string goaway(Revision seq_id, int reconnect_after_ms) {
    return message(seq_id, "goaway", {{"reason", "draining"}, {"reconnect_after_ms", reconnect_after_ms}});
}

std::string to_text(const Change& change) {
    std::string text = change.cause == Change::Cause::initial  ? "initial@"
                       : change.cause == Change::Cause::update ? "update@"
                                                               : "snapshot@";
    text += std::to_string(change.position.revision);
    if (change.coalesced_from) text += '(' + std::to_string(*change.coalesced_from) + ')';
    for (const Event& event : change.events) {
        text += event.deleted() ? " -" + event.key : ' ' + event.key + '=' + event.value;
        text += '#' + std::to_string(event.mod_revision);
    }
    return text;
}

StreamTest::StreamTest() {
    options.random = [this] { return random; };
    options.on_status = [this](const Status& status) { states.emplace_back(name_of(status.state)); };
}

StreamMachine& StreamTest::machine() {
    if (!machine_) {
        configure(options);
        machine_ = std::make_unique<StreamMachine>(options);
    }
    return *machine_;
}

std::uint64_t StreamTest::watch(const Filters& filters, Heard& heard) {
    const auto id = machine().watch(filters, [&heard](const Change& change) { heard.push_back(to_text(change)); });
    EXPECT_TRUE(id.has_value());
    machine().deliver_due();
    return id ? *id : 0;
}

void StreamTest::say(const std::string& message) {
    const auto taken = machine().on_message(message, clock.now());
    EXPECT_TRUE(taken.has_value()) << message << ": " << (taken ? "" : taken.error().message);
}

bool StreamTest::refuses(const std::string& message) {
    const auto taken = machine().on_message(message, clock.now());
    if (taken) return false;
    machine().on_ended({taken.error(), 0}, clock.now());
    return true;
}

Next StreamTest::lose() {
    Ending ending;
    ending.failure.kind = FailureKind::lost;
    ending.failure.message = "lost";
    return machine().on_ended(std::move(ending), clock.now());
}

Next StreamTest::closed(std::uint16_t code, std::string_view reason) {
    return machine().on_ended(Ending::closed(code, reason), clock.now());
}

Next StreamTest::refused(unsigned status, int code) {
    Ending ending;
    ending.failure.kind = FailureKind::answered;
    ending.failure.status = status;
    ending.failure.code = code;
    return machine().on_ended(std::move(ending), clock.now());
}

void StreamTest::live(Revision seq_id, const std::vector<Said>& entries) {
    begin();
    say(welcome(0, "none", "fresh"));
    say(page(seq_id, entries));
}

}  // namespace confcast::client::test
