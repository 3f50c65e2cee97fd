#include "write.hpp"

#include "admission.hpp"
#include "commit.hpp"
#include "conditions.hpp"
#include "envelope.hpp"
#include "json_text.hpp"
#include "once.hpp"
#include "setting_body.hpp"

namespace confcast::api {
namespace {

SettingLimits limits_of(const Services& services) { return {services.options.max_value, services.options.max_message}; }

// ---- bodies

Result<Setting> read_put_body(Call& call, bool raw) {
    http::Request& request = call.context.request;
    if (raw || !brings_json(request)) return read_raw_setting(request, limits_of(call.services));
    JsonRequest body;
    if (const Result<> read = body.read(request, {"value", "encoding", "content_type", "ttl", "message"}); !read)
        return read.error();
    return read_setting(body.object(), limits_of(call.services));
}

struct Creation {
    std::string key;
    Setting setting;
};

Result<Creation> read_post_body(Call& call) {
    JsonRequest body;
    const Result<> read =
        body.read(call.context.request, {"key", "value", "encoding", "content_type", "ttl", "message"});
    if (!read) return read.error();
    const ObjectReader& object = body.object();
    const Result<std::string_view> key = object.required_text("key");
    if (!key) return key.error();
    const Result<> good = store::check_key(*key);
    if (!good) return good.error();
    Result<Setting> setting = read_setting(object, limits_of(call.services));
    if (!setting) return setting.error();
    return Creation{std::string(*key), std::move(*setting)};
}

// ---- answers

struct Written {
    std::string_view key;
    store::Revision mod_revision;
    std::int64_t version;
    bool applied;
};

http::Response written_response(const Written& written, unsigned status) {
    std::string body(envelope_begin);
    body += R"({"key":)";
    append_json_string(body, written.key);
    body += R"(,"mod_revision":)";
    append_json_number(body, written.mod_revision);
    body += R"(,"version":)";
    append_json_number(body, written.version);
    if (!written.applied) body += R"(,"applied":false)";
    body += '}';
    body += envelope_end;
    return json_response(std::move(body), status);
}

http::Response dry_response(std::string_view key, std::string_view action, const Standing& now, std::int64_t version) {
    std::string body(envelope_begin);
    body += R"({"dry_run":true,"key":)";
    append_json_string(body, key);
    body += R"(,"action":")";
    body += action;
    body += R"(","current_mod_revision":)";
    append_json_number(body, now.mod_revision);
    body += R"(,"version":)";
    append_json_number(body, version);
    body += '}';
    body += envelope_end;
    return json_response(std::move(body));
}

Error failed_precondition(std::string_view key, store::Revision current) {
    return Error(Errc::precondition_failed).with("key", key).with("mod_revision", current);
}

Error exists(std::string_view key, store::Revision current) {
    return Error(Errc::already_exists).with("key", key).with("mod_revision", current);
}

Error missing(std::string_view key) { return Error(Errc::config_not_found).with("key", key); }

// Waits for the node, then answers a put.
Awaitable<http::Response> answer_put(Write& write, std::string_view key, const store::TransactionResult& done) {
    const bool applied = co_await write.applied(done);
    const std::int64_t version = done.puts.front().version;
    http::Response response = written_response({key, done.revision, version, applied}, version == 1 ? 201U : 200U);
    response.headers.emplace_back("ETag", entity_tag(done.revision));
    co_return response;
}

// A write that was made before, with the same Idempotency-Key: what was answered then, as far as it is still known.
Awaitable<Result<http::Response>> answer_again(Call& call, std::string_view key, store::Revision revision) {
    const Result<Standing> then = co_await read_standing(call.services, std::string(key), revision);
    if (!then && then.error() != Errc::compacted) co_return then.error();
    std::string body(envelope_begin);
    body += R"({"key":)";
    append_json_string(body, key);
    body += R"(,"mod_revision":)";
    append_json_number(body, revision);
    if (then) {
        body += R"(,"version":)";
        append_json_number(body, then->version);
    }
    body += R"(,"duplicate":true})";
    body += envelope_end;
    http::Response response = json_response(std::move(body));
    if (then && then->mod_revision == revision) response.headers.emplace_back("ETag", entity_tag(revision));
    co_return response;
}

// Nothing was written: because it had been before, or because of `why`.
Awaitable<Result<http::Response>> answer_refused(Call& call, std::string_view key, const std::optional<Once>& once,
                                                 const store::TransactionResult& done, Error why) {
    const Result<store::Revision> before = co_await repeated(call, once, done);
    if (!before) co_return before.error();
    if (*before == 0) co_return why;
    Result<http::Response> again = co_await answer_again(call, key, *before);
    co_return again;
}

// What a list of several tags in If-Match needs to know before the write; nothing is asked when there is no such list.
Awaitable<Result<store::Revision>> seen_before(Call& call, const Conditions& conditions) {
    if (!conditions.needs_reading()) co_return store::Revision{0};
    const Result<Standing> now = co_await read_standing(call.services, call.key, 0);
    if (!now) co_return now.error();
    co_return now->mod_revision;
}

Awaitable<Result<http::Response>> dry_put(Call& call, const Conditions& conditions) {
    const Result<Standing> now = co_await read_standing(call.services, call.key, 0);
    if (!now) co_return now.error();
    if (!conditions.allow_write(now->mod_revision)) co_return failed_precondition(call.key, now->mod_revision);
    co_return dry_response(call.key, now->mod_revision == 0 ? "create" : "replace", *now, now->version + 1);
}

Awaitable<Result<http::Response>> dry_delete(Call& call, const Conditions& conditions) {
    const Result<Standing> now = co_await read_standing(call.services, call.key, 0);
    if (!now) co_return now.error();
    if (now->mod_revision == 0) co_return missing(call.key);
    if (!conditions.allow_write(now->mod_revision)) co_return failed_precondition(call.key, now->mod_revision);
    co_return dry_response(call.key, "delete", *now, 0);
}

}  // namespace

Awaitable<Result<http::Response>> put_config(Call& call) {
    const Result<bool> raw = call.query.flag("raw");
    if (!raw) co_return raw.error();
    const Result<bool> dry_run = call.query.flag("dry_run");
    if (!dry_run) co_return dry_run.error();
    const Result<Conditions> conditions = read_conditions(call.context.request);
    if (!conditions) co_return conditions.error();
    const Result<std::optional<Once>> once = read_once(call);
    if (!once) co_return once.error();
    Result<Setting> setting = read_put_body(call, *raw);
    if (!setting) co_return setting.error();
    const PlannedWrite plan{call.key, setting->value.size()};
    if (const Result<> admitted = admit(call, {&plan, 1}, *dry_run); !admitted) co_return admitted.error();
    if (*dry_run) {
        Result<http::Response> answer = co_await dry_put(call, *conditions);
        co_return answer;
    }

    const Result<store::Revision> seen = co_await seen_before(call, *conditions);
    if (!seen) co_return seen.error();
    Write write(call);
    write.require(conditions->compares(call.services.parts.layout.entry_key(call.key), *seen));
    const Result<> planned = co_await write.put(call.key, std::move(*setting));
    if (!planned) co_return planned.error();
    do_once(write, *once);
    const Result<store::TransactionResult> done = co_await write.commit();
    if (!done) co_return done.error();
    if (!done->succeeded) {
        Result<http::Response> refused =
            co_await answer_refused(call, call.key, *once, *done, failed_precondition(call.key, done->current.front()));
        co_return refused;
    }
    http::Response answer = co_await answer_put(write, call.key, *done);
    co_return answer;
}

Awaitable<Result<http::Response>> create_config(Call& call) {
    const Result<bool> dry_run = call.query.flag("dry_run");
    if (!dry_run) co_return dry_run.error();
    const Result<Conditions> conditions = read_conditions(call.context.request);
    if (!conditions) co_return conditions.error();
    if (!conditions->empty())
        co_return Error(Errc::invalid_header)
            .with("name", conditions->if_match ? "If-Match" : "If-None-Match")
            .with("rule", "creating has its own condition; use PUT for others");
    const Result<std::optional<Once>> once = read_once(call);
    if (!once) co_return once.error();
    Result<Creation> creation = read_post_body(call);
    if (!creation) co_return creation.error();
    const std::string key = std::move(creation->key);
    const PlannedWrite plan{key, creation->setting.value.size()};
    if (const Result<> admitted = admit(call, {&plan, 1}, *dry_run); !admitted) co_return admitted.error();

    if (*dry_run) {
        const Result<Standing> now = co_await read_standing(call.services, key, 0);
        if (!now) co_return now.error();
        if (now->mod_revision != 0) co_return exists(key, now->mod_revision);
        co_return dry_response(key, "create", *now, 1);
    }
    Write write(call);
    write.require({call.services.parts.layout.entry_key(key), store::Compare::Relation::equal, 0});
    const Result<> planned = co_await write.put(key, std::move(creation->setting));
    if (!planned) co_return planned.error();
    do_once(write, *once);
    const Result<store::TransactionResult> done = co_await write.commit();
    if (!done) co_return done.error();
    if (!done->succeeded) {
        Result<http::Response> refused =
            co_await answer_refused(call, key, *once, *done, exists(key, done->current.front()));
        co_return refused;
    }
    http::Response answer = co_await answer_put(write, key, *done);
    co_return answer;
}

Awaitable<Result<http::Response>> delete_config(Call& call) {
    const Result<bool> dry_run = call.query.flag("dry_run");
    if (!dry_run) co_return dry_run.error();
    const Result<Conditions> conditions = read_conditions(call.context.request);
    if (!conditions) co_return conditions.error();
    const Result<std::optional<Once>> once = read_once(call);
    if (!once) co_return once.error();
    const PlannedWrite plan{call.key, std::nullopt};
    if (const Result<> admitted = admit(call, {&plan, 1}, *dry_run); !admitted) co_return admitted.error();
    if (*dry_run) {
        Result<http::Response> answer = co_await dry_delete(call, *conditions);
        co_return answer;
    }

    const Result<store::Revision> seen = co_await seen_before(call, *conditions);
    if (!seen) co_return seen.error();
    const std::string entry_key = call.services.parts.layout.entry_key(call.key);
    Write write(call);
    write.require({entry_key, store::Compare::Relation::not_equal, 0});
    write.require(conditions->compares(entry_key, *seen));
    write.remove(call.key);
    do_once(write, *once);
    const Result<store::TransactionResult> done = co_await write.commit();
    if (!done) co_return done.error();
    if (!done->succeeded) {
        const store::Revision current = done->current.front();
        // conditions are of no account where the answer would be 404 without them (RFC 9110, 13.2.1)
        Result<http::Response> refused = co_await answer_refused(
            call, call.key, *once, *done, current == 0 ? missing(call.key) : failed_precondition(call.key, current));
        co_return refused;
    }
    const bool applied = co_await write.applied(*done);
    co_return written_response({call.key, done->revision, 0, applied}, 200);
}

}  // namespace confcast::api
