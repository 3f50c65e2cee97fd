#include "notices.hpp"

#include <thread>

namespace confcast::test {
namespace {

load::HttpResponse send(load::HttpClient& http, const std::string& topic, const std::string& id) {
    const std::string body =
        R"({"event_id":")" + id + R"(","timestamp":1,"topic":")" + topic + R"(","payload":{"id":")" + id + R"("}})";
    return http.request("POST", "/api/v1/notifications", {{"Content-Type", "application/json"}}, body);
}

}  // namespace

Published publish_everywhere(const std::vector<const Server*>& servers, const std::string& topic,
                             const std::vector<std::string>& ids) {
    std::vector<Published> parts(servers.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < servers.size(); ++i)
            threads.emplace_back([&, i] {
                auto http = servers[i]->http();
                for (const std::string& id : ids) {
                    const auto answer = send(http, topic, id);
                    const bool known =
                        answer.status == 200 && answer.body.find(R"("duplicate":true)") != std::string::npos;
                    ++(answer.status == 201 ? parts[i].fresh : known ? parts[i].duplicates : parts[i].others);
                    if (answer.status >= 300) parts[i].a_refusal = answer.body;
                }
            });
    }
    Published all;
    for (const Published& part : parts) {
        all.fresh += part.fresh;
        all.duplicates += part.duplicates;
        all.others += part.others;
        all.a_refusal += part.a_refusal;
    }
    return all;
}

unsigned publish(const Server& server, const std::string& topic, const std::string& id) {
    auto http = server.http();
    return static_cast<unsigned>(send(http, topic, id).status);
}

std::map<std::string, int> listen(Watcher& watcher, std::size_t count) {
    std::map<std::string, int> heard;
    for (std::size_t i = 0; i < count; ++i) {
        const auto message = watcher.next_of("notification", std::chrono::seconds{30});
        if (!message) break;
        ++heard[std::string(message->at("payload").at("event_id").as_string())];
    }
    return heard;
}

std::vector<std::string> numbered(const std::string& stem, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(stem + std::to_string(i));
    return all;
}

}  // namespace confcast::test
