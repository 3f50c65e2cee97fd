#include "txn.hpp"

#include <algorithm>

#include "admission.hpp"
#include "commit.hpp"
#include "envelope.hpp"
#include "json_text.hpp"
#include "once.hpp"
#include "txn_body.hpp"

namespace confcast::api {
namespace {

Error failed_compare(const TransactionBody& body, std::size_t index, store::Revision current) {
    return Error(Errc::compare_failed)
        .with("op_index", static_cast<std::int64_t>(index))
        .with("key", body.compares[index].key)
        .with("mod_revision", current);
}

// Opens {"…, "put":[ {"key":…  for each element of one list.
void begin_element(std::string& out, bool first, std::string_view key) {
    if (!first) out += ',';
    out += R"({"key":)";
    append_json_string(out, key);
}

http::Response done_response(const TransactionBody& body, const store::TransactionResult& done, bool applied) {
    std::string out(envelope_begin);
    out += R"({"revision":)";
    append_json_number(out, done.revision);
    out += R"(,"put":[)";
    for (std::size_t i = 0; i < body.puts.size(); ++i) {
        const store::KeyValue& kv = done.puts[2 * i];  // the entry; its metadata is the odd one
        begin_element(out, i == 0, body.puts[i].key);
        out += R"(,"mod_revision":)";
        append_json_number(out, kv.mod_revision);
        out += R"(,"version":)";
        append_json_number(out, kv.version);
        out += '}';
    }
    out += R"(],"delete":[)";
    for (std::size_t i = 0; i < body.deletes.size(); ++i) {
        begin_element(out, i == 0, body.deletes[i]);
        out += done.deleted[2 * i] ? R"(,"deleted":true})" : R"(,"deleted":false})";
    }
    out += ']';
    if (!applied) out += R"(,"applied":false)";
    out += '}';
    out += envelope_end;
    return json_response(std::move(out));
}

http::Response repeated_response(store::Revision revision) {
    std::string out(envelope_begin);
    out += R"({"revision":)";
    append_json_number(out, revision);
    out += R"(,"duplicate":true})";
    out += envelope_end;
    return json_response(std::move(out));
}

Result<> admit_transaction(Call& call, const TransactionBody& body, bool dry_run) {
    for (const TransactionBody::Compare& compare : body.compares)
        if (const Result<> admitted = admit_condition(call, compare.key); !admitted) return admitted;
    std::vector<PlannedWrite> plans;
    plans.reserve(body.puts.size() + body.deletes.size());
    for (const TransactionBody::Put& put : body.puts) plans.push_back({put.key, put.setting.value.size()});
    for (const std::string& key : body.deletes) plans.push_back({key, std::nullopt});
    return admit(call, plans, dry_run);
}

// All reads of a dry run are of one revision.
Awaitable<Result<http::Response>> dry_transaction(Call& call, const TransactionBody& body) {
    store::Revision at = 0;
    for (std::size_t i = 0; i < body.compares.size(); ++i) {
        const Result<Standing> now = co_await read_standing(call.services, body.compares[i].key, at);
        if (!now) co_return now.error();
        if (at == 0) at = now->store_revision;
        if (now->mod_revision != body.compares[i].mod_revision) co_return failed_compare(body, i, now->mod_revision);
    }
    std::string puts;
    for (std::size_t i = 0; i < body.puts.size(); ++i) {
        const Result<Standing> now = co_await read_standing(call.services, body.puts[i].key, at);
        if (!now) co_return now.error();
        if (at == 0) at = now->store_revision;
        begin_element(puts, i == 0, body.puts[i].key);
        puts += now->mod_revision == 0 ? R"(,"action":"create","current_mod_revision":)"
                                       : R"(,"action":"replace","current_mod_revision":)";
        append_json_number(puts, now->mod_revision);
        puts += R"(,"version":)";
        append_json_number(puts, now->version + 1);
        puts += '}';
    }
    std::string deletes;
    for (std::size_t i = 0; i < body.deletes.size(); ++i) {
        const Result<Standing> now = co_await read_standing(call.services, body.deletes[i], at);
        if (!now) co_return now.error();
        if (at == 0) at = now->store_revision;
        begin_element(deletes, i == 0, body.deletes[i]);
        deletes += now->mod_revision == 0 ? R"(,"deleted":false})" : R"(,"deleted":true})";
    }
    std::string out(envelope_begin);
    out += R"({"dry_run":true,"revision":)";
    append_json_number(out, at);
    out += R"(,"put":[)";
    out += puts;
    out += R"(],"delete":[)";
    out += deletes;
    out += "]}";
    out += envelope_end;
    co_return json_response(std::move(out));
}

}  // namespace

Awaitable<Result<http::Response>> run_transaction(Call& call) {
    const Result<bool> dry_run = call.query.flag("dry_run");
    if (!dry_run) co_return dry_run.error();
    const http::Request& request = call.context.request;
    if (!brings_json(request))
        co_return Error(Errc::unsupported_media_type)
            .with("content_type", request.header("Content-Type").value_or("nothing"));
    const Result<std::optional<Once>> once = read_once(call);
    if (!once) co_return once.error();
    const ApiOptions& options = call.services.options;
    // Each setting takes two operations of the store, its Idempotency-Key one more.
    const std::size_t most = *once ? (store::max_transaction_operations - 1) / 2 : options.max_operations;
    Result<TransactionBody> body = read_transaction(request.body, {options.max_value, options.max_message},
                                                    std::min(most, options.max_operations));
    if (!body) co_return body.error();
    if (const Result<> admitted = admit_transaction(call, *body, *dry_run); !admitted) co_return admitted.error();
    if (*dry_run) {
        Result<http::Response> answer = co_await dry_transaction(call, *body);
        co_return answer;
    }

    Write write(call);
    for (const TransactionBody::Compare& compare : body->compares)
        write.require(
            {call.services.parts.layout.entry_key(compare.key), store::Compare::Relation::equal, compare.mod_revision});
    for (TransactionBody::Put& put : body->puts) {
        const Result<> planned = co_await write.put(put.key, std::move(put.setting));
        if (planned) continue;
        co_await write.give_back();
        co_return planned.error();
    }
    for (const std::string& key : body->deletes) write.remove(key);
    do_once(write, *once);

    const Result<store::TransactionResult> done = co_await write.commit();
    if (!done) co_return done.error();
    if (!done->succeeded) {
        const Result<store::Revision> before = co_await repeated(call, *once, *done);
        if (!before) co_return before.error();
        if (*before != 0) co_return repeated_response(*before);
        for (std::size_t i = 0; i < body->compares.size(); ++i)
            if (done->current[i] != body->compares[i].mod_revision)
                co_return failed_compare(*body, i, done->current[i]);
        co_return Error(Errc::compare_failed);
    }
    const bool applied = co_await write.applied(*done);
    co_return done_response(*body, *done, applied);
}

}  // namespace confcast::api
