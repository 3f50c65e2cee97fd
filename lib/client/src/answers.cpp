#include "answers.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "failures.hpp"
#include "json_entry.hpp"

namespace confcast::client {
namespace json = boost::json;

namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::int64_t> number_from(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::chrono::seconds> seconds_in(const RawResponse& response, std::string_view name) {
    const auto seconds = number_from(response.header(name));
    if (!seconds || *seconds < 0) return std::nullopt;
    return std::chrono::seconds(*seconds);
}

Failure about(const RawResponse& response, FailureKind kind, std::string message) {
    Failure failure = failure_of(kind, std::move(message));
    failure.status = response.status;
    failure.request_id = response.request_id;
    failure.server = response.server;
    failure.retry_after = seconds_in(response, "Retry-After");
    failure.sent = true;
    return failure;
}

Failure nonsense(const RawResponse& response) {
    return about(response, FailureKind::bad_answer, "the answer is not what confcast answers here");
}

/// The document of a body that is an object; nullopt when it is none.
std::optional<json::object> object_in(const RawResponse& response) {
    boost::system::error_code error;
    json::value document = json::parse(response.body, error);
    if (error || !document.is_object()) return std::nullopt;
    return std::move(document.get_object());
}

/// `data` of a success.
Result<json::object> data_in(const RawResponse& response) {
    if (response.status / 100 != 2) return failure_in(response);
    auto envelope = object_in(response);
    if (!envelope || number_in(*envelope, "code") != 200) return nonsense(response);
    json::value* data = envelope->if_contains("data");
    if (data == nullptr || !data->is_object()) return nonsense(response);
    return std::move(data->get_object());
}

bool flag_in(const json::object& object, std::string_view name, bool otherwise) {
    const json::value* found = object.if_contains(name);
    return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

std::optional<Written> written_from(const json::object& object) {
    const auto key = text_in(object, "key");
    const auto revision = number_in(object, "mod_revision");
    const auto current = number_in(object, "current_mod_revision");
    if (!key || (!revision && !current)) return std::nullopt;
    Written written;
    written.key = *key;
    written.mod_revision = revision ? *revision : *current;
    written.version = number_in(object, "version").value_or(0);
    written.applied = flag_in(object, "applied", true);
    written.action = text_in(object, "action").value_or("");
    written.duplicate = flag_in(object, "duplicate", false);
    return written;
}

bool read_page(const json::object& data, ListPage& page) {
    const auto epoch = text_in(data, "epoch");
    const auto revision = number_in(data, "revision");
    const json::value* entries = data.if_contains("entries");
    if (!epoch || !revision || entries == nullptr || !entries->is_array()) return false;
    page.position = {std::string(*epoch), *revision};
    page.next_cursor = text_in(data, "next_cursor").value_or("");
    for (const json::value& element : entries->get_array()) {
        auto entry = element.is_object() ? entry_from(element.get_object()) : std::nullopt;
        if (!entry) return false;
        page.entries.push_back(std::move(*entry));
    }
    return true;
}

const json::array* array_in(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    return found != nullptr ? found->if_array() : nullptr;
}

}  // namespace

std::string_view RawResponse::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const auto& h) { return equal_without_case(h.first, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Failure failure_in(const RawResponse& response) {
    const auto envelope = object_in(response);
    const auto code = envelope ? number_in(*envelope, "code") : std::nullopt;
    const auto message = envelope ? text_in(*envelope, "message") : std::nullopt;
    // Something between us and the server, or another server altogether.
    if (!code || !message || *code / 100 != static_cast<std::int64_t>(response.status))
        return about(response, FailureKind::answered,
                     "the server answered with the HTTP status " + std::to_string(response.status));
    Failure failure = about(response, FailureKind::answered, std::string(*message));
    failure.code = static_cast<std::int32_t>(*code);
    const json::value* data = envelope->if_contains("data");
    if (data != nullptr && !data->is_null()) failure.data = json::serialize(*data);
    return failure;
}

Result<Found> found_in(const RawResponse& response) {
    const Result<json::object> data = data_in(response);
    if (!data) return data.error();
    auto entry = entry_from(*data);
    if (!entry) return nonsense(response);
    Found found{std::move(*entry), {}, seconds_in(response, "X-Confcast-Stale")};
    const std::string_view position = response.header("X-Confcast-Revision");
    if (const auto colon = position.find(':'); colon != std::string_view::npos)
        found.position = {std::string(position.substr(0, colon)), number_from(position.substr(colon + 1)).value_or(0)};
    return found;
}

Result<ListPage> page_in(const RawResponse& response) {
    const Result<json::object> data = data_in(response);
    if (!data) return data.error();
    ListPage page;
    if (!read_page(*data, page)) return nonsense(response);
    return page;
}

Result<Written> written_in(const RawResponse& response) {
    const Result<json::object> data = data_in(response);
    if (!data) return data.error();
    auto written = written_from(*data);
    if (!written) return nonsense(response);
    return std::move(*written);
}

Result<TxnDone> txn_done_in(const RawResponse& response) {
    const Result<json::object> data = data_in(response);
    if (!data) return data.error();
    const auto revision = number_in(*data, "revision");
    const json::array* puts = array_in(*data, "put");
    const json::array* deletes = array_in(*data, "delete");
    if (!revision) return nonsense(response);
    TxnDone done;
    done.revision = *revision;
    done.applied = flag_in(*data, "applied", true);
    done.duplicate = flag_in(*data, "duplicate", false);
    if (done.duplicate) return done;
    if (puts == nullptr || deletes == nullptr) return nonsense(response);
    for (const json::value& element : *puts) {
        auto written = element.is_object() ? written_from(element.get_object()) : std::nullopt;
        if (!written) return nonsense(response);
        done.puts.push_back(std::move(*written));
    }
    for (const json::value& element : *deletes) {
        const json::object* object = element.if_object();
        const auto key = object != nullptr ? text_in(*object, "key") : std::nullopt;
        if (!key) return nonsense(response);
        done.deletes.emplace_back(*key, flag_in(*object, "deleted", false));
    }
    return done;
}

Result<Notified> notified_in(const RawResponse& response) {
    const Result<json::object> data = data_in(response);
    if (!data) return data.error();
    const auto revision = number_in(*data, "revision");
    if (!revision) return nonsense(response);
    return Notified{*revision, flag_in(*data, "duplicate", false)};
}

}  // namespace confcast::client
