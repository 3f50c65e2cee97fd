#include "read.hpp"

#include <limits>

#include "admission.hpp"
#include "conditions.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/push/entry_json.hpp"
#include "envelope.hpp"
#include "long_poll.hpp"
#include "past.hpp"

namespace confcast::api {
namespace {

constexpr std::int64_t max_revision = std::numeric_limits<std::int64_t>::max();

struct ReadOptions {
    bool raw = false;
    bool meta_only = false;
    bool linearizable = false;
    std::optional<std::int64_t> revision;
    std::optional<std::int64_t> min_revision;
};

Result<ReadOptions> read_options(const Query& query) {
    ReadOptions options;
    const Result<bool> raw = query.flag("raw");
    if (!raw) return raw.error();
    options.raw = *raw;
    if (const auto fields = query.get("fields")) {
        if (*fields != "meta") return bad_parameter("fields", "it can only be: meta");
        options.meta_only = true;
    }
    if (options.raw && options.meta_only) return bad_parameter("fields", "raw has no room for it");
    if (const auto consistency = query.get("consistency")) {
        if (*consistency != "linearizable" && *consistency != "serializable")
            return bad_parameter("consistency", "it is linearizable or serializable");
        options.linearizable = *consistency == "linearizable";
    }
    const Result<std::optional<std::int64_t>> revision = query.number("revision", 1, max_revision);
    if (!revision) return revision.error();
    options.revision = *revision;
    const Result<std::optional<std::int64_t>> at_least = query.number("min_revision", 0, max_revision);
    if (!at_least) return at_least.error();
    options.min_revision = *at_least;
    if (options.revision && (options.min_revision || query.has("consistency")))
        return bad_parameter("revision", "a read of the past goes without min_revision and consistency");
    return options;
}

// Waits until memory is as new as the reader wants it.
Awaitable<Result<>> catch_up(Call& call, ReadOptions options) {
    feed::Feed& feed = call.services.parts.feed;
    const SteadyTime deadline = call.services.parts.clock.now() + call.services.options.read_wait;
    if (options.linearizable) {
        store::RangeRequest head{store::KeyRange::single(call.services.parts.layout.entry_key(call.key)), 0, 1, true};
        const Result<store::RangeResult> asked = co_await call.services.parts.store.range(std::move(head));
        if (!asked) co_return asked.error();
        const Result<> seen = co_await feed.wait_for(asked->revision, deadline);
        if (!seen) co_return seen.error();
    }
    if (options.min_revision) {
        const Result<> seen = co_await feed.wait_for(*options.min_revision, deadline);
        if (!seen) co_return seen.error();
    }
    co_return Result<>{};
}

http::Response raw_response(const feed::Entry& entry) {
    http::Response response;
    response.headers.emplace_back("Content-Type", push::content_type_of(entry));
    response.body = entry.value;
    return response;
}

http::Response entry_response(const feed::Entry& entry, bool meta_only) {
    std::string body;
    body.reserve(entry.value.size() + entry.key.size() + 256);
    body += envelope_begin;
    push::append_entry(body, entry, meta_only);
    body += envelope_end;
    return json_response(std::move(body));
}

Error not_found(const Call& call, const ReadOptions& options, bool was_there) {
    Error missing = Error(Errc::config_not_found).with("key", call.key);
    if (options.revision) return std::move(missing).with("revision", *options.revision);
    if (!was_there) return missing;
    // Who has waited for it learns when it went, and goes on from there.
    const auto deleted =
        may_read(call, call.key) ? call.services.parts.feed.state().last_change(call.key) : std::nullopt;
    return std::move(missing).with("mod_revision", deleted.value_or(call.services.parts.feed.position().revision));
}

}  // namespace

std::optional<http::Response> get_config_now(Services& services, const http::Context& context) {
    const http::Headers& headers = context.request.headers;
    if (headers.may_have("If-None-Match") || headers.may_have("If-Match")) return std::nullopt;
    const std::string_view key = context.params.get("key");
    const feed::Feed& feed = services.parts.feed;
    if (key.find('%') != std::string_view::npos || !feed.ready()) return std::nullopt;
    const feed::EntryPtr entry = feed.state().find(key);
    if (entry == nullptr || !Security::caller_of(context).permissions.may_read(key)) return std::nullopt;
    http::Response response;
    response.prepared = services.answers.of(entry);
    return response;
}

Awaitable<Result<http::Response>> get_config(Call& call) {
    const Result<ReadOptions> options = read_options(call.query);
    if (!options) co_return options.error();
    const Result<std::optional<LongPoll>> poll = read_long_poll(call.query);
    if (!poll) co_return poll.error();
    const Result<Conditions> conditions = read_conditions(call.context.request);
    if (!conditions) co_return conditions.error();

    feed::EntryPtr entry;
    if (options->revision) {
        Result<feed::EntryPtr> found =
            co_await read_past(call.services.parts.store, call.services.parts.layout, call.key, *options->revision);
        if (!found) co_return found.error();
        if (may_read(call, call.key)) entry = std::move(*found);
    } else {
        const Result<> ready = check_ready(call.services);
        if (!ready) co_return ready.error();
        if (options->linearizable || options->min_revision) {
            const Result<> seen = co_await catch_up(call, *options);
            if (!seen) co_return seen.error();
        }
        if (*poll) {
            const push::Filters filter{{call.key}, {}};
            const Result<bool> news = co_await wait_for_news(call, filter, **poll);
            if (!news) co_return news.error();
            if (!*news) co_return nothing_new();
        }
        if (may_read(call, call.key)) entry = call.services.parts.feed.state().find(call.key);
    }

    if (entry == nullptr) co_return not_found(call, *options, poll->has_value());
    if (conditions->if_match && !conditions->if_match->matches(entry->mod_revision, true))
        co_return Error(Errc::precondition_failed).with("key", call.key).with("mod_revision", entry->mod_revision);

    http::Response response;
    if (conditions->if_none_match && conditions->if_none_match->matches(entry->mod_revision, false)) {
        response.status = 304;
    } else {
        response = options->raw ? raw_response(*entry) : entry_response(*entry, options->meta_only);
    }
    response.headers.emplace_back("ETag", entity_tag(entry->mod_revision));
    response.headers.emplace_back("Cache-Control", "no-cache");
    co_return response;
}

}  // namespace confcast::api
