#include "world.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>

#include "confcast/test/run.hpp"

namespace confcast::api {
namespace json = boost::json;

namespace {

push::HubOptions hub_options(Api& api) {
    push::HubOptions options;
    options.render_envelope = error_envelope;
    options.renew = [&api](std::string_view token, const push::AccessPtr& then) {
        return api.renew_access(token, then);
    };
    return options;
}

}  // namespace

std::int64_t Reply::code() const { return json.at("code").as_int64(); }
std::string Reply::message() const { return json::value_to<std::string>(json.at("message")); }
const json::value& Reply::data() const { return json.at("data"); }
const json::value& Reply::at(std::string_view pointer) const { return data().at_pointer(std::string(pointer)); }
std::string Reply::text(std::string_view pointer) const { return json::value_to<std::string>(at(pointer)); }
std::int64_t Reply::number(std::string_view pointer) const { return at(pointer).as_int64(); }
bool Reply::has(std::string_view member) const {
    return data().is_object() && data().as_object().contains(json::string_view(member.data(), member.size()));
}
std::string Reply::header(std::string_view name) const { return std::string(response.header(name).value_or("")); }

World::World(const ApiOptions& options, Start start, Asks asks)
    : store(io.get_executor(), clock),
      layout(*store::Layout::make("/config/")),
      feed(io.get_executor(), store, layout, {}, clock, log),
      hub(io.get_executor(), feed, hub_options(api), clock, log),
      api(io.get_executor(),
          {store, feed, hub, layout, clock, log, [] { return std::string("# metrics\n"); },
           asks == Asks::everybody ? &authenticator : nullptr, [this] { return overloaded; },
           [this](std::string_view line) { audited.emplace_back(line); },
           [this] {
               ++reloads;
               return reloaded;
           }},
          options),
      tasks_(io.get_executor(), log) {
    if (start == Start::ready) start_feed();
}

void World::start_feed() {
    tasks_.spawn("replicator", feed.run_replicator());
    io.restart();
    while (!feed.ready()) io.run_one();
    test::run(io, api.check_health());
}

World::~World() {
    tasks_.cancel();
    test::run(io, tasks_.join(SteadyTime::max()));
}

Awaitable<Reply> World::answer(http::Method method, std::string target, std::string body, Headers headers) {
    http::Request request;
    request.method = method;
    request.target = target;
    const std::size_t mark = target.find('?');
    request.path = std::string_view(target).substr(0, mark);
    request.has_query = mark != std::string::npos;
    if (request.has_query) request.query = std::string_view(target).substr(mark + 1);
    for (const auto& [name, value] : headers) request.headers.push_back({name, value});
    request.body = std::move(body);
    request.remote = remote;
    http::Context context(request);
    context.started = clock.now();
    Reply reply;
    reply.response = co_await api.chain().run(context);
    reply.status = reply.response.status;
    reply.body = reply.response.body_view();
    if (reply.response.header("Content-Type") == "application/json") reply.json = json::parse(reply.body);
    co_return reply;
}

Reply World::send(http::Method method, std::string target, std::string body, Headers headers) {
    return test::run(io, answer(method, std::move(target), std::move(body), std::move(headers)));
}

Reply World::send_while(http::Method method, std::string target, const std::function<void()>& meanwhile,
                        Headers headers) {
    std::optional<Reply> reply;
    asio::co_spawn(io, answer(method, std::move(target), {}, std::move(headers)),
                   [&](const std::exception_ptr&, Reply got) { reply = std::move(got); });
    settle();
    EXPECT_FALSE(reply) << "it did not wait";
    meanwhile();
    io.restart();
    while (!reply) io.run_one();
    return std::move(*reply);
}

Reply World::put(std::string target, std::string body, Headers headers) {
    if (headers.empty() || headers.front().first != "Content-Type")
        headers.emplace_back("Content-Type", "application/json");
    return send(http::Method::put, std::move(target), std::move(body), std::move(headers));
}

Reply World::post(std::string target, std::string body, Headers headers) {
    if (headers.empty() || headers.front().first != "Content-Type")
        headers.emplace_back("Content-Type", "application/json");
    return send(http::Method::post, std::move(target), std::move(body), std::move(headers));
}

void World::settle() {
    io.restart();
    io.poll();
}

store::Revision World::by_hand(std::string_view key, std::string_view value) {
    const store::Revision revision = store.put(layout.entry_key(key), value);
    settle();
    return revision;
}

void World::pass(std::chrono::milliseconds time) {
    clock.advance(time);
    store.tick();
    settle();
}

}  // namespace confcast::api
