// A whole node without sockets: memory store, feed, hub and the API's chain, driven by requests as values and a clock
// that stands still.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "confcast/api/api.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/test/memory_store.hpp"
#include "confcast/test/recording_log.hpp"

namespace confcast::api {

/// One answer, with its envelope when it is JSON.
struct Reply {
    unsigned status = 0;
    http::Response response;
    std::string body;
    boost::json::value json;

    std::int64_t code() const;
    std::string message() const;
    const boost::json::value& data() const;
    /// A member of data; the pointer is an RFC 6901 one: "/entries/0/key".
    const boost::json::value& at(std::string_view pointer) const;
    std::string text(std::string_view pointer) const;
    std::int64_t number(std::string_view pointer) const;
    bool has(std::string_view member) const;
    std::string header(std::string_view name) const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A header of a request.
inline std::pair<std::string, std::string> bearer(const std::string& token) {
    return {"Authorization", "Bearer " + token};
}

class World {
  public:
    enum class Start : std::uint8_t { ready, without_feed };
    /// Whether whoever comes has to say who it is: by what `authenticator` knows.
    enum class Asks : std::uint8_t { nobody, everybody };
    explicit World(const ApiOptions& options = {}, Start start = Start::ready, Asks asks = Asks::nobody);
    ~World();

    Reply send(http::Method method, std::string target, std::string body = {}, Headers headers = {});
    /// The same, and when it is waiting `meanwhile` happens.
    Reply send_while(http::Method method, std::string target, const std::function<void()>& meanwhile,
                     Headers headers = {});

    Reply get(std::string target, Headers headers = {}) {
        return send(http::Method::get, std::move(target), {}, std::move(headers));
    }
    /// With application/json, unless the headers say otherwise.
    Reply put(std::string target, std::string body, Headers headers = {});
    Reply post(std::string target, std::string body, Headers headers = {});
    Reply del(std::string target, Headers headers = {}) {
        return send(http::Method::del, std::move(target), {}, std::move(headers));
    }

    /// For a world without a feed: it is ready when this returns.
    void start_feed();
    /// Runs what is ready.
    void settle();
    /// A write by hand, past the API. Its revision.
    store::Revision by_hand(std::string_view key, std::string_view value);
    /// Time passes for everybody.
    void pass(std::chrono::milliseconds time);

    asio::io_context io{1};
    ManualClock clock;
    test::RecordingLog log;
    test::MemoryStore store;
    store::Layout layout;
    feed::Feed feed;
    push::Hub hub;
    auth::Authenticator authenticator;
    std::vector<std::string> audited;  // lines
    std::string remote = "127.0.0.1:1";
    bool overloaded = false;
    ReloadReport reloaded;  // what a reload comes to
    unsigned reloads = 0;
    Api api;

  private:
    Awaitable<Reply> answer(http::Method method, std::string target, std::string body, Headers headers);
    TaskGroup tasks_;
};

}  // namespace confcast::api
