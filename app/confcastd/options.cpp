#include "options.hpp"

#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <utility>

namespace confcast::app {
namespace {

constexpr std::string_view version = CONFCAST_VERSION;

// What is given as words before it is checked.
struct Phrases {
    std::string listen = "127.0.0.1:8080";
    std::string store = "sqlite:./data";
    std::string log_level = "info";
    std::string log_format;
    std::string synchronous = "full";
};

void declare_server(Settings& settings, Options& options, Phrases& words) {
    settings.section("server", "Server");
    settings.word("--listen", words.listen, "Where to listen; IPv6 in brackets: [::1]:8080; port 0 = any free one",
                  "HOST:PORT");
    settings.on("--reuse-port", options.server.reuse_port,
                "Other processes on the same etcd may listen on the same port (SO_REUSEPORT)");
    settings.on("--insecure-no-auth", options.no_auth,
                "Listen beyond this machine though nobody is asked who they are");
    settings.word("--store", words.store, "Where settings live: sqlite:DIR or etcd:HOST:PORT[,HOST:PORT…]", "STORE");
    settings.word("--prefix", options.prefix, "What the keys of settings begin with in the store", "PREFIX");
    settings.duration("--drain-timeout", options.drain_timeout, "How long clients have to leave after SIGTERM");
    settings.on("--reload-endpoint", options.api.reload_endpoint,
                "POST /-/reload, for administrators, does what SIGHUP does");
    settings
        .count("--ready-lag-revisions", options.api.ready_lag_revisions,
               "Further behind the store than this: /readyz says no", 0)
        .live();
    settings
        .duration("--ready-lag", options.api.ready_lag, "Behind, or without a watch on the store, for longer: the same")
        .live();

    settings.section("log", "Log");
    settings
        .choice("--log-level", words.log_level, {"trace", "debug", "info", "warning", "error", "off"},
                "trace, debug, info, warning, error or off", "LEVEL")
        .live();
    settings.choice("--log-format", words.log_format, {"text", "json"},
                    "text or json; default: text on a terminal, else json", "FORMAT");
    settings
        .count("--access-log-every", options.api.access_log_every,
               "Of each route, log every N-th request that goes well, and all others; 0 = only the others", 0)
        .live();
}

void declare_connections(Settings& settings, Options& options) {
    settings.section("connections", "Connections");
    settings.count("--max-connections", options.server.max_connections, "Open connections; 0 = the file limit - 64", 0)
        .live();
    settings
        .count("--max-connections-per-address", options.server.max_connections_per_address,
               "Of these from one address (IPv6: from one /64); 0 = three quarters", 0)
        .live();
    settings
        .count("--accept-rate", options.server.accept_rate,
               "Connections accepted a second, others wait their turn; 0 = all at once", 0)
        .live();
    settings.bytes("--max-head", options.server.max_head, "Request line and headers").live();
    settings.bytes("--max-target", options.server.max_target, "Request target").live();
    settings.bytes("--max-websocket-message", options.server.max_websocket_message, "A message from a WebSocket client")
        .live();
    settings
        .count("--websocket-rate", options.server.websocket_rate,
               "Messages a second that are read of a WebSocket client; 0 = all at once", 0)
        .live();
    settings.count("--websocket-burst", options.server.websocket_burst, "… and at once after a rest").live();
    settings
        .duration("--head-timeout", options.server.head_timeout, "From a request's first byte to the end of its head")
        .live();
    settings.duration("--body-timeout", options.server.body_timeout, "From there to the end of its body").live();
    settings.duration("--write-timeout", options.server.write_timeout, "A client that takes no byte for so long is cut")
        .live();
    settings.duration("--idle-timeout", options.server.idle_timeout, "Between requests").live();
    settings.duration("--handshake-timeout", options.server.handshake_timeout, "WebSocket handshake").live();
    settings.duration("--ping-interval", options.server.ping_interval, "Between pings on a quiet WebSocket").live();
    settings.duration("--pong-timeout", options.server.pong_timeout, "For the answer to a ping").live();
    settings
        .duration("--stream-keep-alive", options.server.stream_keep_alive,
                  "Between signs of life on another stream that is quiet")
        .live();
}

void declare_content(Settings& settings, Options& options, Phrases& words) {
    settings.section("settings", "Settings");
    settings.bytes("--max-value", options.api.max_value, "One setting's value").live();
    settings.bytes("--max-message", options.api.max_message, "The message of a write").live();
    settings.count("--max-operations", options.api.max_operations, "Puts and deletes of a transaction, at most 64")
        .live();
    settings.count("--max-page", options.api.max_page, "Entries of a list page").live();
    settings.bytes("--page-bytes", options.api.page_bytes, "A list page ends early at about this size").live();
    settings.duration("--remember", options.api.remember, "Notifications and Idempotency-Keys are known for so long");
    settings.bytes("--answer-cache", options.api.answer_cache, "Answers to GET that are kept ready; 0 = none").live();
    settings.duration("--read-wait", options.api.read_wait, "For min_revision and consistency=linearizable").live();
    settings.duration("--write-wait", options.api.write_wait, "For this node to apply what the store has committed")
        .live();

    settings.section("streams", "Streams");
    settings.count("--max-filters", options.push.max_filters, "Keys and prefixes of one stream").live();
    settings.bytes("--snapshot-page", options.push.page_bytes, "A page of a snapshot, about").live();
    settings
        .count("--coalesce-after", options.push.coalesce_after, "Revisions behind before updates are folded into one")
        .live();
    settings.bytes("--coalesce-bytes", options.push.coalesce_max_bytes, "A folded update over this becomes a snapshot")
        .live();
    settings.bytes("--encoded-bytes", options.push.cache_bytes, "Encoded updates kept for sharing");
    settings.duration("--bookmark", options.push.bookmark, "Between positions told to a quiet stream").live();
    settings.duration("--ahead-wait", options.push.ahead_wait, "For a position that this node has not reached").live();

    settings.section("history", "History");
    settings.count("--journal-changes", options.feed.journal.max_changes,
                   "Recent revisions kept in memory for streams");
    settings.bytes("--journal-bytes", options.feed.journal.max_bytes, "The same in bytes");
    settings.count("--notifications", options.feed.notifications.max_count,
                   "Notifications kept for streams that come back");
    settings.bytes("--notification-bytes", options.feed.notifications.max_bytes, "The same in bytes");
    settings.duration("--anti-entropy", options.feed.anti_entropy,
                      "Between comparisons of memory with the store; 0s = never");
    settings.duration("--retention-age", options.store.retention_age,
                      "History in the store older than this is compacted");
    settings.count("--retention-revisions", options.store.retention_revisions,
                   "… or beyond so many revisions; 0 = all kept", 0);
    settings.duration("--retention-interval", options.store.retention_interval, "How often both are looked at");
    settings.choice("--synchronous", words.synchronous, {"full", "normal"},
                    "full, or normal: faster, but loses writes at power loss", "MODE");
}

void declare(Settings& settings, Options& options, Phrases& words) {
    declare_server(settings, options, words);
    declare_connections(settings, options);
    declare_tls(settings, options.tls);
    settings.duration("--tls-handshake-timeout", options.server.tls_handshake_timeout, "TLS handshake").live();
    declare_content(settings, options, words);
    declare_access(settings, options.access, options.api);
    declare_etcd(settings, options.etcd);
}

// ---- what the words mean; each returns a problem, "" when there is none

/// `text`: the address as an operator knows it.
std::string listen_on(const asio::ip::address& address, const std::string& text, Options& options) {
    const bool open = !options.access.asks();
    if (!address.is_loopback() && open && !options.no_auth)
        return "--listen " + text +
               " would let anybody on the network change settings. Make a credential (confcast token new admin --allow "
               "admin --allow read,write:** --file credentials.json) and start with --credentials credentials.json; or "
               "listen on 127.0.0.1; or say --insecure-no-auth";
    options.api.loopback_only = address.is_loopback() && open && !options.no_auth;
    options.server.host = address.to_string();
    return {};
}

std::string read_listen(const std::string& text, Options& options) {
    std::string form = "--listen wants HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not '" + text + "'";
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return form;
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string::npos) {
        return form;
    }
    if (host == "localhost") host = "127.0.0.1";
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, options.server.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return form;
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(host, ec);
    if (ec)
        return "--listen wants an address, not the name '" + host + "'; 0.0.0.0 is every IPv4 address of this machine";
    return listen_on(address, text, options);
}

std::string read_store(const std::string& text, Options& options) {
    options.store_name = text;
    if (text.starts_with("etcd:")) return read_etcd(std::string_view(text).substr(5), options.etcd);
    constexpr std::string_view scheme = "sqlite:";
    if (!text.starts_with(scheme) || text.size() == scheme.size())
        return "--store wants sqlite:DIR or etcd:HOST:PORT, not '" + text + "'";
    options.store.directory = text.substr(scheme.size());
    return check_no_etcd(options.etcd);
}

void read_log(const Phrases& words, Options& options) {
    options.log_level = log_level_from(words.log_level).value_or(LogLevel::info);
    if (words.log_format == "json" || (words.log_format.empty() && ::isatty(STDERR_FILENO) == 0))
        options.log_format = LogFormat::json;
}

std::string read_rest(const Phrases& words, Options& options) {
    if (const Result<store::Layout> layout = store::Layout::make(options.prefix); !layout)
        return "--prefix " + options.prefix + " cannot be taken: " + layout.error().detail("reason");
    options.store.synchronous_full = words.synchronous == "full";
    if (options.server.reuse_port && options.etcd.endpoints.empty())
        return "--reuse-port needs --store etcd:…: an embedded store belongs to one process";
    if (options.server.reuse_port && options.server.port == 0)
        return "--reuse-port needs a port that all processes name: not 0";
    // Whoever else uses the etcd: a ticket is good at each.
    options.api.shared_tickets = !options.etcd.endpoints.empty();
    if (options.server.stream_keep_alive < std::chrono::seconds{1}) return "--stream-keep-alive is at least 1s";
    if (options.api.max_operations > store::max_transaction_operations / 2)
        return "--max-operations is at most " + std::to_string(store::max_transaction_operations / 2);
    return {};
}

/// What no single setting can say: whether they go together.
void read_words(const Phrases& words, Options& options, Problems& problems) {
    read_log(words, options);
    for (const std::string& problem :
         {read_store(words.store, options), read_listen(words.listen, options), read_rest(words, options),
          read_tls(options.tls), check_access(options.access, options.api, options.no_auth)})
        if (!problem.empty()) problems.push_back({Source::standard, problem});
    options.api.version = version;
    options.push.server = "confcast/" + std::string(version);
    options.push.heartbeat = options.server.ping_interval;
    options.push.write_timeout = options.server.write_timeout;
}

}  // namespace

std::string adopt(Options& options, InheritedSocket socket) {
    std::string problem = listen_on(asio::ip::make_address(socket.host), socket.host, options);
    if (!problem.empty()) return problem;
    options.server.port = socket.port;
    options.server.descriptor = socket.descriptor;
    options.inherited = std::move(socket);
    return {};
}

struct OptionsReader::Impl {
    Options options;
    Phrases words;
    Settings settings;
};

OptionsReader::OptionsReader() : impl_(std::make_unique<Impl>()) {
    declare(impl_->settings, impl_->options, impl_->words);
}
OptionsReader::~OptionsReader() = default;
std::string_view OptionsReader::version() { return app::version; }

const Settings& OptionsReader::settings() const { return impl_->settings; }

Options OptionsReader::read(const Layer& layer, Problems& problems) {
    for (const auto& [setting, given] : layer) {
        if (given.source == Source::standard) continue;
        const std::string problem =
            given.words.empty() && setting->kind != Setting::Kind::list ? "wants a value" : setting->take(given.words);
        if (problem.empty()) continue;
        // A flag says which setting is meant, and so does a variable.
        std::string text = given.where + ": ";
        if (given.source == Source::file) text.append(setting->path()).append(": ");
        problems.push_back({given.source, text.append(problem), given.line});
    }
    if (problems.empty()) read_words(impl_->words, impl_->options, problems);
    return std::move(impl_->options);
}

}  // namespace confcast::app
