#include "notify.hpp"

#include <boost/json/serialize.hpp>

#include "admission.hpp"
#include "commit.hpp"
#include "confcast/store/notification.hpp"
#include "envelope.hpp"
#include "fingerprint.hpp"
#include "json_body.hpp"
#include "json_text.hpp"
#include "raw_json.hpp"
#include "setting_body.hpp"
#include "timestamp.hpp"

namespace confcast::api {
namespace json = boost::json;

namespace {

Error missing_field(const ObjectReader& object, std::string_view name) {
    return bad_field(object.pointer_to(name), "the member is missing");
}

Result<std::string> read_timestamp(const ObjectReader& object) {
    const json::value* value = object.find("timestamp");
    if (value == nullptr) return missing_field(object, "timestamp");
    const bool instant = value->is_string() && is_rfc3339(value->get_string());
    const bool milliseconds = value->is_int64() && value->get_int64() >= 0;
    if (!instant && !milliseconds)
        return bad_field(object.pointer_to("timestamp"),
                         "it must be a date-time of RFC 3339, or milliseconds since 1970 as a whole number");
    return json::serialize(*value);
}

Result<store::Notification> read_notification(const ObjectReader& object, std::string_view body,
                                              std::size_t max_payload) {
    store::Notification notification;
    const Result<std::string_view> id = object.required_text("event_id");
    if (!id) return id.error();
    if (const Result<> good = store::check_event_id(*id); !good)
        return bad_field(object.pointer_to("event_id"), good.error().detail("rule"));
    notification.event_id = *id;
    const Result<std::string_view> topic = object.required_text("topic");
    if (!topic) return topic.error();
    if (const Result<> good = store::check_key(*topic); !good) return good.error();
    notification.topic = *topic;
    Result<std::string> timestamp = read_timestamp(object);
    if (!timestamp) return timestamp.error();
    notification.timestamp = std::move(*timestamp);
    const json::value* payload = object.find("payload");
    if (payload == nullptr) return missing_field(object, "payload");
    notification.payload = raw_member(body, "payload").value_or(json::serialize(*payload));
    if (notification.payload.size() > max_payload)
        return Error(Errc::value_too_large)
            .with("limit", static_cast<std::int64_t>(max_payload))
            .with("size", static_cast<std::int64_t>(notification.payload.size()));
    return notification;
}

Result<store::Notification> read_body(Call& call) {
    JsonRequest body;
    if (const Result<> read = body.read(call.context.request, {"event_id", "timestamp", "topic", "payload"}); !read)
        return read.error();
    return read_notification(body.object(), call.context.request.body, call.services.options.max_value);
}

http::Response answer(std::string_view id, store::Revision revision, bool duplicate, bool applied) {
    std::string body(envelope_begin);
    body += R"({"duplicate":)";
    body += duplicate ? "true" : "false";
    body += R"(,"fingerprint":)";
    append_json_string(body, id);
    body += R"(,"revision":)";
    append_json_number(body, revision);
    if (!applied) body += R"(,"applied":false)";
    body += '}';
    body += envelope_end;
    return json_response(std::move(body), duplicate ? 200U : 201U);
}

Awaitable<Result<http::Response>> dry_answer(Call& call, std::string_view id, std::string key) {
    const Result<store::Revision> there = co_await read_revision(call.services, std::move(key));
    if (!there) co_return there.error();
    std::string body(envelope_begin);
    body += R"({"dry_run":true,"duplicate":)";
    body += *there != 0 ? "true" : "false";
    body += R"(,"fingerprint":)";
    append_json_string(body, id);
    body += '}';
    body += envelope_end;
    co_return json_response(std::move(body));
}

}  // namespace

Awaitable<Result<http::Response>> post_notification(Call& call) {
    const Result<bool> dry_run = call.query.flag("dry_run");
    if (!dry_run) co_return dry_run.error();
    const Result<store::Notification> notification = read_body(call);
    if (!notification) co_return notification.error();
    const PlannedWrite plan{notification->topic, std::nullopt};
    if (const Result<> admitted = admit(call, {&plan, 1}, *dry_run); !admitted) co_return admitted.error();
    const std::string id = fingerprint({notification->topic, notification->event_id});
    const std::string key = call.services.parts.layout.notification_key(id);
    if (*dry_run) {
        Result<http::Response> dry = co_await dry_answer(call, id, key);
        co_return dry;
    }

    Write write(call);
    write.notify(notification->topic);
    write.create(key, store::encode_notification(*notification, write.trace()));
    const Result<store::TransactionResult> done = co_await write.commit();
    if (!done) co_return done.error();
    if (!done->succeeded) {
        ++call.services.security.stats().notification_duplicates;
        co_return answer(id, done->current.front(), true, true);
    }
    const bool applied = co_await write.applied(*done);
    co_return answer(id, done->revision, false, applied);
}

}  // namespace confcast::api
