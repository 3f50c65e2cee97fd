// Who listens, as an operator sees it: one stream and how it stands now. Values: nothing here refers to a session,
// which may be gone a moment later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/push/filters.hpp"
#include "confcast/push/message.hpp"
#include "confcast/store/types.hpp"

namespace confcast::push {

struct Label {
    std::string key;
    std::string value;
    friend bool operator==(const Label&, const Label&) = default;
};

/// How a client calls itself; nobody checks that it is true.
struct ClientName {
    std::string id;             // "" when it has none
    std::vector<Label> labels;  // in the order given, no key twice
    bool empty() const { return id.empty() && labels.empty(); }
};

/// What a client says that it has done with what it got.
struct Ack {
    store::Revision seq_id = 0;
    bool failed = false;
    std::string key;    // which one failed; "" when it does not say
    std::string error;  // why
    SystemTime at{};    // when it said so
};

enum class ClientState : std::uint8_t {
    waiting,   // for this node to get as far as the client's `since`
    snapshot,  // the state is under way
    behind,    // a write is in flight, and more waits for its end
    live,      // it has everything, or what it has not is in flight
    closing    // it is being closed
};

struct Client {
    std::uint64_t session = 0;
    std::string address;
    Framing transport = Framing::websocket;
    ClientName name;
    std::string principal;  // by whose right it listens; "" when nobody asked
    Filters filters;        // in force; everything is the prefix ""
    store::Epoch epoch;
    store::Revision seq_id = 0;  // the last one told; 0 = it owns no position
    store::Revision lag = 0;     // revisions between the first one that waits for it and the newest; 0 = nothing waits
    SystemTime since{};
    std::uint64_t bytes_sent = 0;  // of messages in their framing, handed to the connection
    ClientState state = ClientState::live;
    std::optional<Ack> ack;  // the latest
};

/// Which clients: all that is set must hold.
struct ClientQuery {
    std::optional<std::string> id;
    std::vector<Label> labels;
    std::optional<Framing> transport;
};

/// Some clients, ascending by session. A page may end early, even with none.
struct ClientPage {
    std::vector<Client> clients;
    std::optional<std::uint64_t> next;  // there may be more after this session
};

/// A session's name on the wire: sixteen lower-case hexadecimal digits.
std::string session_name(std::uint64_t session);
/// nullopt unless `text` is exactly what session_name() makes.
std::optional<std::uint64_t> parse_session_name(std::string_view text);

}  // namespace confcast::push
