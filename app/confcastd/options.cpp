#include "options.hpp"

#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "flags.hpp"

namespace confcast::app {
namespace {

constexpr std::string_view version = CONFCAST_VERSION;

// What the flags fill before it is checked.
struct Words {
    std::string listen = "127.0.0.1:8080";
    std::string store = "sqlite:./data";
    std::string log_level = "info";
    std::string log_format;
    std::string synchronous = "full";
};

void add_flags(CLI::App& app, Options& options, Words& words) {
    Flags flags(app);
    flags.group("Server");
    flags.word("--listen", words.listen, "Where to listen; IPv6 in brackets: [::1]:8080; port 0 = any free one",
               "HOST:PORT");
    app.add_flag("--insecure-no-auth", options.no_auth,
                 "Listen beyond this machine though nobody is asked who they are")
        ->group("Server");
    flags.word("--store", words.store, "Where settings live: sqlite:DIR or etcd:HOST:PORT[,HOST:PORT…]", "STORE");
    flags.word("--prefix", options.prefix, "What the keys of settings begin with in the store", "PREFIX");
    flags.word("--log-level", words.log_level, "trace, debug, info, warning, error or off", "LEVEL");
    flags.word("--log-format", words.log_format, "text or json; default: text on a terminal, else json", "FORMAT");
    flags.count("--access-log-every", options.api.access_log_every,
                "Of each route, log every N-th request that goes well, and all others; 0 = only the others", 0);
    flags.duration("--drain-timeout", options.drain_timeout, "How long clients have to leave after SIGTERM");

    flags.group("Connections");
    flags.count("--max-connections", options.server.max_connections, "Open connections; 0 = the file limit - 64", 0);
    flags.count("--max-connections-per-address", options.server.max_connections_per_address,
                "Of these from one address (IPv6: from one /64); 0 = three quarters", 0);
    flags.count("--accept-rate", options.server.accept_rate,
                "Connections accepted a second, others wait their turn; 0 = all at once", 0);
    flags.bytes("--max-head", options.server.max_head, "Request line and headers");
    flags.bytes("--max-target", options.server.max_target, "Request target");
    flags.bytes("--max-websocket-message", options.server.max_websocket_message, "A message from a WebSocket client");
    flags.count("--websocket-rate", options.server.websocket_rate,
                "Messages a second that are read of a WebSocket client; 0 = all at once", 0);
    flags.count("--websocket-burst", options.server.websocket_burst, "… and at once after a rest");
    flags.duration("--head-timeout", options.server.head_timeout, "From a request's first byte to the end of its head");
    flags.duration("--body-timeout", options.server.body_timeout, "From there to the end of its body");
    flags.duration("--write-timeout", options.server.write_timeout, "A client that takes no byte for so long is cut");
    flags.duration("--idle-timeout", options.server.idle_timeout, "Between requests");
    flags.duration("--handshake-timeout", options.server.handshake_timeout, "WebSocket handshake");
    flags.duration("--ping-interval", options.server.ping_interval, "Between pings on a quiet WebSocket");
    flags.duration("--pong-timeout", options.server.pong_timeout, "For the answer to a ping");
    flags.duration("--stream-keep-alive", options.server.stream_keep_alive,
                   "Between signs of life on another stream that is quiet");

    flags.group("TLS");
    add_tls_flags(flags, options.tls);
    flags.duration("--tls-handshake-timeout", options.server.tls_handshake_timeout, "TLS handshake");

    flags.group("Settings");
    flags.bytes("--max-value", options.api.max_value, "One setting's value");
    flags.bytes("--max-message", options.api.max_message, "The message of a write");
    flags.count("--max-operations", options.api.max_operations, "Puts and deletes of a transaction, at most 64");
    flags.count("--max-page", options.api.max_page, "Entries of a list page");
    flags.bytes("--page-bytes", options.api.page_bytes, "A list page ends early at about this size");
    flags.duration("--remember", options.api.remember, "Notifications and Idempotency-Keys are known for so long");
    flags.duration("--read-wait", options.api.read_wait, "For min_revision and consistency=linearizable");
    flags.duration("--write-wait", options.api.write_wait, "For this node to apply what the store has committed");

    flags.count("--ready-lag-revisions", options.api.ready_lag_revisions,
                "Further behind the store than this: /readyz says no", 0);
    flags.duration("--ready-lag", options.api.ready_lag,
                   "Behind, or without a watch on the store, for longer: the same");

    flags.group("Streams");
    flags.count("--max-filters", options.push.max_filters, "Keys and prefixes of one stream");
    flags.bytes("--snapshot-page", options.push.page_bytes, "A page of a snapshot, about");
    flags.count("--coalesce-after", options.push.coalesce_after, "Revisions behind before updates are folded into one");
    flags.bytes("--coalesce-bytes", options.push.coalesce_max_bytes, "A folded update over this becomes a snapshot");
    flags.bytes("--encoded-bytes", options.push.cache_bytes, "Encoded updates kept for sharing");
    flags.duration("--bookmark", options.push.bookmark, "Between positions told to a quiet stream");
    flags.duration("--ahead-wait", options.push.ahead_wait, "For a position that this node has not reached");

    flags.group("History");
    flags.count("--journal-changes", options.feed.journal.max_changes, "Recent revisions kept in memory for streams");
    flags.bytes("--journal-bytes", options.feed.journal.max_bytes, "The same in bytes");
    flags.count("--notifications", options.feed.notifications.max_count,
                "Notifications kept for streams that come back");
    flags.bytes("--notification-bytes", options.feed.notifications.max_bytes, "The same in bytes");
    flags.duration("--anti-entropy", options.feed.anti_entropy,
                   "Between comparisons of memory with the store; 0s = never");
    flags.duration("--retention-age", options.store.retention_age, "History in the store older than this is compacted");
    flags.count("--retention-revisions", options.store.retention_revisions,
                "… or beyond so many revisions; 0 = all kept", 0);
    flags.duration("--retention-interval", options.store.retention_interval, "How often both are looked at");
    flags.word("--synchronous", words.synchronous, "full, or normal: faster, but loses writes at power loss", "MODE");

    add_access_flags(flags, options.access, options.api);

    flags.group("etcd");
    add_etcd_flags(flags, options.etcd);
}

// ---- what the words mean; each returns a problem, "" when there is none

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
    const bool open = !options.access.asks();
    if (!address.is_loopback() && open && !options.no_auth)
        return "--listen " + text +
               " would let anybody on the network change settings. Make a credential (confcast token new admin --allow "
               "admin --allow read,write:** --file credentials.json) and start with --credentials credentials.json; or "
               "listen on 127.0.0.1; or say --insecure-no-auth";
    options.api.loopback_only = address.is_loopback() && open && !options.no_auth;
    options.server.host = host;
    return {};
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

std::string read_log(const Words& words, Options& options) {
    const auto level = log_level_from(words.log_level);
    if (!level) return "--log-level is trace, debug, info, warning, error or off, not '" + words.log_level + "'";
    options.log_level = *level;
    if (words.log_format == "json" || (words.log_format.empty() && ::isatty(STDERR_FILENO) == 0)) {
        options.log_format = LogFormat::json;
    } else if (words.log_format != "text" && !words.log_format.empty()) {
        return "--log-format is text or json, not '" + words.log_format + "'";
    }
    return {};
}

std::string read_rest(const Words& words, Options& options) {
    if (const Result<store::Layout> layout = store::Layout::make(options.prefix); !layout)
        return "--prefix " + options.prefix + " cannot be taken: " + layout.error().detail("reason");
    if (words.synchronous != "full" && words.synchronous != "normal")
        return "--synchronous is full or normal, not '" + words.synchronous + "'";
    options.store.synchronous_full = words.synchronous == "full";
    if (options.server.stream_keep_alive < std::chrono::seconds{1}) return "--stream-keep-alive is at least 1s";
    if (options.api.max_operations > store::max_transaction_operations / 2)
        return "--max-operations is at most " + std::to_string(store::max_transaction_operations / 2);
    return {};
}

}  // namespace

std::variant<Options, Ending> parse_options(int count, const char* const* arguments) {
    Options options;
    Words words;
    CLI::App app("confcastd: settings over REST, changes pushed to whoever listens", "confcastd");
    app.set_version_flag("--version", "confcastd " + std::string(version));
    add_flags(app, options, words);
    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp&) {
        return Ending{0, app.help()};
    } catch (const CLI::CallForVersion&) {
        return Ending{0, "confcastd " + std::string(version) + "\n"};
    } catch (const CLI::ParseError& problem) {
        return Ending{2, "confcastd: " + std::string(problem.what()) + " (see confcastd --help)\n"};
    }
    for (const std::string& problem :
         {read_store(words.store, options), read_listen(words.listen, options), read_log(words, options),
          read_rest(words, options), read_tls(options.tls), check_access(options.access, options.api, options.no_auth)})
        if (!problem.empty()) return Ending{2, "confcastd: " + problem + ".\n"};
    options.api.version = version;
    options.push.server = "confcast/" + std::string(version);
    options.push.heartbeat = options.server.ping_interval;
    options.push.write_timeout = options.server.write_timeout;
    return options;
}

}  // namespace confcast::app
