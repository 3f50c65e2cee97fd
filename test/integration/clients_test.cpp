// Globs and the list of clients on the real server.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "listener.hpp"
#include "watcher.hpp"

namespace confcast::test {
namespace {

json::value data_of(const Server& server, const std::string& method, const std::string& target) {
    const auto envelope = envelope_of(server.http().request(method, target));
    EXPECT_EQ(envelope.at("code").as_int64(), 200) << json::serialize(envelope);
    return envelope.at("data");
}

TEST(ClientsOnTheServer, EachTransportIsListedAndAWebSocketIsClosedWithItsCode) {
    const Server server;
    server.put("app/eu/db", "1");
    server.put("app/eu/port", "1");
    Watcher watcher(server, "glob=app/*/db&client_id=cart-7&label=zone:eu");
    Listener events(server, Listener::Kind::events, "glob=**/db&label=zone:eu");
    Listener lines(server, Listener::Kind::lines, "glob=app/**");
    const auto last = server.put("app/us/db", "2");
    for (const auto& seen : {watcher.next_of("update"), events.next_of("update"), lines.next_of("update")}) {
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->at("seq_id").to_number<std::int64_t>(), last);
    }
    EXPECT_EQ(watcher.model().entries().size(), 2U) << "app/eu/db and app/us/db";
    EXPECT_EQ(lines.model().entries().size(), 3U);

    EXPECT_EQ(data_of(server, "GET", "/api/v1/clients").at("clients").as_array().size(), 3U);
    EXPECT_EQ(data_of(server, "GET", "/api/v1/clients?label=zone:eu").at("clients").as_array().size(), 2U);
    EXPECT_EQ(data_of(server, "GET", "/api/v1/clients?transport=sse").at("clients").as_array().size(), 1U);
    const auto page = data_of(server, "GET", "/api/v1/clients?client_id=cart-7");
    const auto& client = page.at("clients").as_array().at(0);
    EXPECT_EQ(client.at("transport").as_string(), "websocket");
    EXPECT_EQ(json::serialize(client.at("filters").at("globs")), R"(["app/*/db"])");
    EXPECT_EQ(client.at("position").at("seq_id").to_number<std::int64_t>(), last);

    const std::string path = "/api/v1/clients/" + std::string(client.at("id").as_string());
    EXPECT_EQ(data_of(server, "DELETE", path).at("state").as_string(), "closing");
    EXPECT_FALSE(watcher.next());
    EXPECT_EQ(watcher.socket().close_code(), 1008);
    server.put("app/us/db", "3");
    EXPECT_TRUE(events.next_of("update")) << "the others go on";
    EXPECT_TRUE(lines.next_of("update"));
}

}  // namespace
}  // namespace confcast::test
