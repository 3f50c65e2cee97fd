#include "requests.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "failures.hpp"
#include "json_entry.hpp"

namespace confcast::client {
namespace json = boost::json;

namespace {

constexpr std::string_view api = "/api/v1";
constexpr std::size_t max_target = 4'096;  // of a server with its defaults

/// A target that grows a query.
class Target {
  public:
    explicit Target(std::string path) : text_(std::move(path)) {}
    Target& add(std::string_view name, std::string_view value) {
        text_ += std::exchange(mark_, '&');
        text_ += name;
        text_ += '=';
        text_ += percent_encode(value);
        return *this;
    }
    Target& add_if(bool wanted, std::string_view name, std::string_view value) {
        return wanted ? add(name, value) : *this;
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
    char mark_ = '?';
};

std::string setting_path(std::string_view key) { return std::string(api) + "/config/" + percent_encode(key); }

RawRequest request_of(const CallOptions& options, std::string method, Target target) {
    RawRequest request;
    static_cast<CallOptions&>(request) = options;
    request.method = std::move(method);
    request.target = target.take();
    return request;
}

void set_json(RawRequest& request, const json::object& body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(body);
}

std::string entity_tag(Revision revision) { return '"' + std::to_string(revision) + '"'; }

void add_condition(RawRequest& request, const std::optional<Revision>& if_revision, bool create_only) {
    if (create_only || (if_revision && *if_revision == 0))
        request.headers.emplace_back("If-None-Match", "*");
    else if (if_revision)
        request.headers.emplace_back("If-Match", entity_tag(*if_revision));
}

template <class Options>
void add_idempotency(RawRequest& request, const Options& options) {
    if (!options.idempotency_key.empty()) request.headers.emplace_back("Idempotency-Key", options.idempotency_key);
}

template <class Particulars>
void set_particulars(json::object& body, std::string_view value, const Particulars& of) {
    set_value(body, value);
    if (!of.content_type.empty()) body["content_type"] = of.content_type;
    if (of.ttl) body["ttl"] = of.ttl->count();
    if (!of.message.empty()) body["message"] = of.message;
}

std::string_view name_of(FilterKind kind) {
    switch (kind) {
        case FilterKind::key:
            return "key";
        case FilterKind::prefix:
            return "prefix";
        case FilterKind::glob:
            break;
    }
    return "glob";
}

Target stream_target(const Options& options) {
    Target target(std::string(api) + "/watch");
    target.add_if(!options.client_id.empty(), "client_id", options.client_id);
    for (const auto& [name, value] : options.labels) {
        std::string label = name;
        label += ':';
        label += value;
        target.add("label", label);
    }
    return target;
}

}  // namespace

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || std::string_view("-._~/").find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

RawRequest get_request(std::string_view key, const GetOptions& options) {
    Target target(setting_path(key));
    if (options.min_revision) target.add("min_revision", std::to_string(*options.min_revision));
    if (options.revision) target.add("revision", std::to_string(*options.revision));
    target.add_if(options.linearizable, "consistency", "linearizable").add_if(options.meta_only, "fields", "meta");
    return request_of(options, "GET", std::move(target));
}

RawRequest list_request(std::string_view prefix, std::string_view cursor, const ListOptions& options) {
    Target target(std::string(api) + "/config");
    target.add_if(!prefix.empty(), "prefix", prefix)
        .add("limit", std::to_string(std::max<std::size_t>(options.page, 1)));
    target.add_if(options.meta_only, "fields", "meta").add_if(!cursor.empty(), "cursor", cursor);
    return request_of(options, "GET", std::move(target));
}

RawRequest put_request(std::string_view key, std::string_view value, const PutOptions& options) {
    Target target(setting_path(key));
    target.add_if(options.dry_run, "dry_run", "true");
    RawRequest request = request_of(options, "PUT", std::move(target));
    add_condition(request, options.if_revision, options.create_only);
    add_idempotency(request, options);
    json::object body;
    set_particulars(body, value, options);
    set_json(request, body);
    return request;
}

RawRequest remove_request(std::string_view key, const DeleteOptions& options) {
    Target target(setting_path(key));
    target.add_if(options.dry_run, "dry_run", "true");
    RawRequest request = request_of(options, "DELETE", std::move(target));
    if (options.if_revision) request.headers.emplace_back("If-Match", entity_tag(*options.if_revision));
    add_idempotency(request, options);
    return request;
}

RawRequest txn_request(const Txn& txn, const TxnOptions& options) {
    Target target(std::string(api) + "/txn");
    target.add_if(options.dry_run, "dry_run", "true");
    RawRequest request = request_of(options, "POST", std::move(target));
    add_idempotency(request, options);
    json::array compares;
    for (const Txn::Compare& compare : txn.compares)
        compares.push_back(json::object{{"key", compare.key}, {"mod_revision", compare.mod_revision}});
    json::array puts;
    for (const Txn::Put& put : txn.puts) {
        json::object element{{"key", put.key}};
        set_particulars(element, put.value, put);
        puts.push_back(std::move(element));
    }
    const json::array deletes(txn.deletes.begin(), txn.deletes.end());
    set_json(request, {{"compare", compares}, {"put", puts}, {"delete", deletes}});
    return request;
}

// The payload goes as it is written: a number in it may have more digits than a parser here would keep.
Result<RawRequest> notify_request(std::string_view topic, std::string_view event_id, std::string_view payload,
                                  const NotifyOptions& options) {
    boost::system::error_code error;
    json::parse(payload, error);
    if (error) return invalid(Errc::malformed_json, "the payload is not JSON: " + error.message());
    RawRequest request = request_of(options, "POST", Target(std::string(api) + "/notifications"));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const json::value timestamp = options.timestamp.empty()
                                      ? json::value(std::chrono::duration_cast<std::chrono::milliseconds>(now).count())
                                      : json::value(options.timestamp);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = R"({"event_id":)" + json::serialize(json::value(event_id)) + R"(,"timestamp":)" +
                   json::serialize(timestamp) + R"(,"topic":)" + json::serialize(json::value(topic)) +
                   R"(,"payload":)" + std::string(payload) + '}';
    return request;
}

std::string watch_target(const Opening& opening, const Options& options) {
    Target target = stream_target(options);
    for (const Filter& filter : opening.filters) target.add(name_of(filter.kind), filter.text);
    if (opening.since) target.add("since", opening.since->to_string());
    return target.take();
}

std::size_t watch_query_room(const Options& options) {
    constexpr std::size_t since = 64;
    const std::size_t used = stream_target(options).take().size() + since;
    return used < max_target ? max_target - used : 0;
}

}  // namespace confcast::client
