#include "clients.hpp"

#include "admission.hpp"
#include "client_json.hpp"
#include "client_name.hpp"
#include "envelope.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

constexpr std::int64_t default_limit = 100;

Result<std::optional<push::Framing>> read_transport(const Query& query) {
    const auto text = query.get("transport");
    if (!text) return std::optional<push::Framing>{};
    for (const auto transport : {push::Framing::websocket, push::Framing::sse, push::Framing::ndjson})
        if (*text == name_of(transport)) return std::optional(transport);
    return bad_parameter("transport", "it is websocket, sse or ndjson");
}

Result<push::ClientQuery> read_client_query(const Query& query) {
    Result<push::ClientName> name = read_client_name(query);
    if (!name) return name.error();
    const Result<std::optional<push::Framing>> transport = read_transport(query);
    if (!transport) return transport.error();
    push::ClientQuery wanted;
    if (!name->id.empty()) wanted.id = std::move(name->id);
    wanted.labels = std::move(name->labels);
    wanted.transport = *transport;
    return wanted;
}

Result<std::uint64_t> read_cursor(const Query& query) {
    const auto text = query.get("cursor");
    if (!text) return std::uint64_t{0};
    const auto session = push::parse_session_name(*text);
    if (!session) return bad_parameter("cursor", "give back next_cursor of the page before, unchanged");
    return *session;
}

Error no_client(const Call& call) { return Error(Errc::client_not_found).with("id", call.context.params.get("id")); }

}  // namespace

Awaitable<Result<http::Response>> list_clients(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const Result<push::ClientQuery> wanted = read_client_query(call.query);
    if (!wanted) co_return wanted.error();
    const Result<std::uint64_t> after = read_cursor(call.query);
    if (!after) co_return after.error();
    const Result<std::optional<std::int64_t>> limit =
        call.query.number("limit", 1, static_cast<std::int64_t>(call.services.options.max_page));
    if (!limit) co_return limit.error();

    const push::ClientPage page =
        call.services.parts.hub.clients(*wanted, *after, static_cast<std::size_t>(limit->value_or(default_limit)));
    const feed::Position head = call.services.parts.feed.position();
    std::string text(envelope_begin);
    text += R"({"epoch":")";
    text += head.epoch.to_string();
    text += R"(","revision":)";
    append_json_number(text, head.revision);
    text += R"(,"clients":[)";
    for (const push::Client& client : page.clients) {
        if (text.back() != '[') text += ',';
        append_client(text, client);
    }
    text += R"(],"next_cursor":)";
    text += page.next ? '"' + push::session_name(*page.next) + '"' : "null";
    text += '}';
    text += envelope_end;
    co_return json_response(std::move(text));
}

Awaitable<Result<http::Response>> get_client(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const auto session = push::parse_session_name(call.context.params.get("id"));
    const auto client = session ? call.services.parts.hub.client(*session) : std::nullopt;
    if (!client) co_return no_client(call);
    std::string data;
    append_client(data, *client);
    co_return json_response(success_text(data));
}

Awaitable<Result<http::Response>> delete_client(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const auto session = push::parse_session_name(call.context.params.get("id"));
    if (!session || !call.services.parts.hub.dismiss(*session)) co_return no_client(call);
    call.services.security.audit().administered(call.context, "client_dismissed", push::session_name(*session), 0);
    co_return json_response(success_text(R"({"id":")" + push::session_name(*session) + R"(","state":"closing"})"));
}

}  // namespace confcast::api
