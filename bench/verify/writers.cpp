#include "writers.hpp"

#include <boost/json.hpp>
#include <exception>

namespace confcast::verify {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using Clock = load::Clock;

const load::Headers is_json{{"Content-Type", "application/json"}};

struct Request {
    const char* method;
    std::string target;
    load::Headers headers;
    std::string body;
};

std::string transaction_body(const Operation& operation) {
    json::array puts;
    for (const auto& [key, value] : operation.puts) puts.push_back({{"key", key}, {"value", value}});
    json::array deletes(operation.deletes.begin(), operation.deletes.end());
    return json::serialize(json::value{{"put", std::move(puts)}, {"delete", std::move(deletes)}});
}

Request request_of(const Operation& operation) {
    using Kind = Operation::Kind;
    const auto setting = [](const std::string& key) { return "/api/v1/config/" + key; };
    if (operation.kind == Kind::transaction) return {"POST", "/api/v1/txn", is_json, transaction_body(operation)};
    if (operation.kind == Kind::remove) return {"DELETE", setting(operation.deletes.front()), {}, {}};
    const auto& [key, value] = operation.puts.front();
    if (operation.ttl)
        return {"PUT", setting(key), is_json, json::serialize(json::value{{"value", value}, {"ttl", *operation.ttl}})};
    load::Headers headers{{"Content-Type", "text/plain"}};
    if (operation.kind == Kind::create) headers.emplace_back("If-None-Match", "*");
    return {"PUT", setting(key), std::move(headers), value};
}

}  // namespace

Writers::Writers(const load::Endpoint& endpoint, Court& court, const Keys& keys, Dice dice, std::size_t count,
                 double rate)
    : endpoint_(endpoint), court_(court) {
    const double seconds = rate > 0 ? static_cast<double>(count) / rate : 0;
    const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
    for (std::size_t i = 0; i < count; ++i)
        threads_.emplace_back([this, writes = Writes(keys, dice.part(i), i), pause] { work(writes, pause); });
}

void Writers::stop() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void Writers::work(Writes writes, std::chrono::nanoseconds pause) {
    load::HttpClient http(endpoint_, 10s);
    for (auto due = Clock::now(); !stopping_; due = std::max(due + pause, Clock::now() - 1s)) {
        std::this_thread::sleep_until(due);
        const auto operation = writes.next();
        Write record;
        for (const auto& [key, value] : operation.puts) record.puts.emplace_back(key, fingerprint(value));
        auto outcome = write(http, operation);
        record.deletes = std::move(outcome.deleted);
        {
            const std::lock_guard lock(court_.mutex);
            court_.book.note(outcome.outcome, std::move(record), outcome.revision, outcome.applied);
        }
        // Nobody there: give it a moment.
        if (outcome.outcome != WriteBook::Outcome::acknowledged) std::this_thread::sleep_for(5ms);
    }
}

Writers::Outcome Writers::write(load::HttpClient& http, const Operation& operation) {
    const auto request = request_of(operation);
    try {
        // Sent once only: HttpClient::request() would send it again on a connection that the server has closed.
        http.send(load::http_request(request.method, request.target, request.headers, request.body));
        return judge(http.receive(), operation);
    } catch (const std::exception&) {  // no server, or none any more: it may have happened
        http.disconnect();
        return {};
    }
}

Writers::Outcome Writers::judge(const load::HttpResponse& response, const Operation& operation) {
    Outcome outcome;
    const auto envelope = json::parse(response.body).as_object();
    constexpr std::int64_t outcome_unknown = 50402;
    constexpr unsigned internal = 500;
    if (response.status / 100 != 2) {
        if (envelope.at("code").as_int64() != outcome_unknown && response.status != internal)
            outcome.outcome = WriteBook::Outcome::refused;
        return outcome;
    }
    const auto& data = envelope.at("data").as_object();
    outcome.outcome = WriteBook::Outcome::acknowledged;
    outcome.applied = !data.contains("applied");
    if (operation.kind != Operation::Kind::transaction) {
        outcome.revision = data.at("mod_revision").as_int64();
        outcome.deleted = operation.deletes;
        return outcome;
    }
    outcome.revision = data.at("revision").as_int64();
    for (const auto& each : data.at("delete").as_array())
        if (each.at("deleted").as_bool()) outcome.deleted.emplace_back(each.at("key").as_string());
    return outcome;
}

}  // namespace confcast::verify
