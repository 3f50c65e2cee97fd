#include "tokens.hpp"

#include "admission.hpp"
#include "commit.hpp"
#include "confcast/push/entry_json.hpp"
#include "envelope.hpp"
#include "json_body.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace json = boost::json;

namespace {

constexpr std::int64_t longest_life_s = 10LL * 366 * 24 * 3600;

// ---- bodies

struct Wanted {
    std::optional<std::string> name;
    std::optional<auth::Permissions> permissions;
    bool says_when = false;
    std::optional<SystemTime> expires;  // says_when and nothing here: never
};

Result<auth::Permissions> read_permissions(const ObjectReader& object, const json::value& value) {
    const std::string pointer = object.pointer_to("permissions");
    if (!value.is_array()) return bad_field(pointer, "it must be an array");
    std::vector<std::string> texts;
    for (const json::value& one : value.get_array()) {
        if (!one.is_string()) return bad_field(pointer, "its elements are strings such as read:app/**");
        texts.emplace_back(one.get_string());
    }
    Result<auth::Permissions> permissions = auth::Permissions::parse(texts);
    if (!permissions) return bad_field(pointer, permissions.error().detail("reason"));
    return permissions;
}

Result<> read_expiry(const ObjectReader& object, SystemTime now, Wanted& wanted) {
    const json::value* within = object.find("expires_in");
    wanted.says_when = within != nullptr;
    if (within == nullptr || within->is_null()) return {};
    if (!within->is_int64() || within->get_int64() < 1 || within->get_int64() > longest_life_s)
        return bad_field(object.pointer_to("expires_in"), "it is a number of seconds, at most ten years, or null");
    wanted.expires = std::chrono::floor<std::chrono::milliseconds>(now) + std::chrono::seconds(within->get_int64());
    return {};
}

Result<Wanted> read_wanted(Call& call) {
    JsonRequest body;
    if (const Result<> read = body.read(call.context.request, {"name", "permissions", "expires_in"}); !read)
        return read.error();
    const ObjectReader& object = body.object();
    Wanted wanted;
    if (object.find("name") != nullptr) {
        const Result<std::string_view> name = object.required_text("name");
        if (!name) return name.error();
        if (const Result<> good = auth::check_token_name(*name); !good)
            return bad_field(object.pointer_to("name"), good.error().detail("reason"));
        wanted.name = *name;
    }
    if (const json::value* value = object.find("permissions")) {
        Result<auth::Permissions> permissions = read_permissions(object, *value);
        if (!permissions) return permissions.error();
        wanted.permissions = std::move(*permissions);
    }
    if (const Result<> expiry = read_expiry(object, call.services.parts.clock.wall(), wanted); !expiry)
        return expiry.error();
    return wanted;
}

// ---- answers

void append_token(std::string& out, const auth::Token& token, std::string_view source, std::string_view text = {}) {
    out += R"({"id":)";
    append_json_string(out, token.id);
    out += R"(,"name":)";
    append_json_string(out, token.name);
    out += R"(,"permissions":[)";
    for (const std::string& one : token.permissions.texts()) {
        if (out.back() != '[') out += ',';
        append_json_string(out, one);
    }
    out += R"(],"source":)";
    append_json_string(out, source);
    if (token.created) {
        out += R"(,"created_at":)";
        push::append_instant(out, *token.created);
    }
    if (token.expires) {
        out += R"(,"expires_at":)";
        push::append_instant(out, *token.expires);
    }
    if (!text.empty()) {
        out += R"(,"token":)";
        append_json_string(out, text);
    }
    out += '}';
}

std::string_view name_of(auth::TokenBook::Source source) {
    return source == auth::TokenBook::Source::file ? "file" : "store";
}

Error no_token(const Call& call) { return Error(Errc::token_not_found).with("id", call.context.params.get("id")); }

// A token as the store has it now, and at which revision.
struct Stored {
    auth::Token token;
    store::Revision revision = 0;
};

Awaitable<Result<Stored>> read_stored(Call& call) {
    const std::string id(call.context.params.get("id"));
    if (!auth::is_token_id(id)) co_return no_token(call);
    store::RangeRequest request{store::KeyRange::single(call.services.parts.layout.token_key(id)), 0, 1, false};
    const Result<store::RangeResult> found = co_await call.services.parts.store.range(std::move(request));
    if (!found) co_return found.error();
    if (found->kvs.empty()) co_return no_token(call);
    auto token = auth::decode_token(id, found->kvs.front().value);
    if (!token) co_return no_token(call);
    co_return Stored{std::move(*token), found->kvs.front().mod_revision};
}

// What was decided on the basis of `seen` (0: not there) is written if it is still so.
Awaitable<Result<store::Revision>> commit_token(Call& call, std::string_view id, store::Revision seen,
                                                std::optional<std::string> bytes) {
    const std::string key = call.services.parts.layout.token_key(id);
    store::Transaction transaction;
    transaction.compares.push_back({key, store::Compare::Relation::equal, seen});
    if (bytes)
        transaction.puts.push_back({key, std::move(*bytes), 0});
    else
        transaction.deletes.push_back(key);
    const Result<store::TransactionResult> done = co_await call.services.parts.store.commit(std::move(transaction));
    if (!done) co_return done.error();
    if (!done->succeeded)
        co_return Error(Errc::compare_failed).with("mod_revision", done->current.front()).with("key", id);
    [[maybe_unused]] const bool applied = co_await await_applied(call.services, done->revision);
    co_return done->revision;
}

http::Response token_response(const auth::Token& token, std::string_view source, std::string_view text = {}) {
    std::string body(envelope_begin);
    append_token(body, token, source, text);
    body += envelope_end;
    http::Response response = json_response(std::move(body), text.empty() ? 200U : 201U);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

}  // namespace

Awaitable<Result<http::Response>> list_tokens(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    if (const Result<> ready = check_ready(call.services); !ready) co_return ready.error();
    std::string body(envelope_begin);
    body += R"({"tokens":[)";
    const auto add = [&body](const auth::Token& token, std::string_view source) {
        if (body.back() != '[') body += ',';
        append_token(body, token, source);
    };
    if (const auth::Authenticator* authenticator = call.services.security.authenticator()) {
        for (const auth::TokenBook::Entry* one : authenticator->tokens().list()) add(one->token, name_of(one->source));
    } else {
        // A server that asks nobody keeps no book; what is in the store is there all the same.
        for (const auto& [id, record] : call.services.parts.feed.tokens())
            if (const auto token = auth::decode_token(id, record.bytes)) add(*token, "store");
    }
    body += "]}";
    body += envelope_end;
    co_return json_response(std::move(body));
}

Awaitable<Result<http::Response>> create_token(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    Result<Wanted> wanted = read_wanted(call);
    if (!wanted) co_return wanted.error();
    if (!wanted->name) co_return bad_field("/name", "the member is missing");
    if (!wanted->permissions) co_return bad_field("/permissions", "the member is missing");
    const std::size_t there = call.services.parts.feed.tokens().size();
    if (there >= call.services.options.max_tokens)
        co_return Error(Errc::quota_exceeded)
            .with("size", static_cast<std::int64_t>(there))
            .with("limit", static_cast<std::int64_t>(call.services.options.max_tokens))
            .with("unit", "tokens");
    const auth::NewToken made = auth::make_token(std::move(*wanted->name), std::move(*wanted->permissions),
                                                 wanted->expires, call.services.parts.clock.wall());
    const Result<store::Revision> done = co_await commit_token(call, made.token.id, 0, auth::encode_token(made.token));
    if (!done) co_return done.error();
    ++call.services.security.stats().tokens_created;
    call.services.security.audit().administered(call.context, "token_created", made.token.id, *done);
    co_return token_response(made.token, "store", made.text);
}

Awaitable<Result<http::Response>> get_token(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const Result<Stored> stored = co_await read_stored(call);
    if (!stored) co_return stored.error();
    co_return token_response(stored->token, "store");
}

Awaitable<Result<http::Response>> change_token(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    Result<Wanted> wanted = read_wanted(call);
    if (!wanted) co_return wanted.error();
    Result<Stored> stored = co_await read_stored(call);
    if (!stored) co_return stored.error();
    auth::Token& token = stored->token;
    if (wanted->name) token.name = std::move(*wanted->name);
    if (wanted->permissions) token.permissions = std::move(*wanted->permissions);
    if (wanted->says_when) token.expires = wanted->expires;
    const Result<store::Revision> done =
        co_await commit_token(call, token.id, stored->revision, auth::encode_token(token));
    if (!done) co_return done.error();
    call.services.security.audit().administered(call.context, "token_changed", token.id, *done);
    co_return token_response(token, "store");
}

Awaitable<Result<http::Response>> delete_token(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const Result<Stored> stored = co_await read_stored(call);
    if (!stored) co_return stored.error();
    const Result<store::Revision> done = co_await commit_token(call, stored->token.id, stored->revision, std::nullopt);
    if (!done) co_return done.error();
    ++call.services.security.stats().tokens_revoked;
    call.services.security.audit().administered(call.context, "token_revoked", stored->token.id, *done);
    co_return json_response(success_text(R"({"id":")" + stored->token.id + R"(","revoked":true})"));
}

}  // namespace confcast::api
