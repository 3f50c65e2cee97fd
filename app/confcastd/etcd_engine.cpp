// From the command line's words to an open etcd store: reads the files they name.
#include <fstream>
#include <iterator>

#include "confcast/etcd/etcd_store.hpp"
#include "confcast/store/own_revision.hpp"
#include "numbers.hpp"
#include "stores.hpp"

namespace confcast::app {
namespace {

Result<std::string> read_file(const std::string& flag, const std::string& name) {
    if (name.empty()) return std::string();
    std::ifstream in(name, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in && !text.empty()) return text;
    return Error(Errc::invalid_parameter)
        .with("reason", flag + " " + name + (in.is_open() ? " is empty" : " cannot be read"));
}

Result<etcd::EtcdOptions> options_of(const EtcdSetup& setup, const store::Layout& layout) {
    etcd::EtcdOptions options;
    options.endpoints = setup.endpoints;
    options.probe_key = layout.watched().begin;  // in the range that the role must be given anyway
    options.user = setup.user;
    options.dial_timeout = setup.dial_timeout;
    options.call_timeout = setup.call_timeout;
    options.coalesce_writes = setup.coalesce_writes == "on";
    options.needs_own_revision = [layout](const store::Transaction& transaction) {
        return store::needs_own_revision(transaction, layout);
    };
    options.probes.connect_interval = setup.connect_interval;
    options.probes.connect_timeout = setup.connect_timeout;
    options.probes.ask_interval = setup.ask_interval;
    options.probes.out_after = setup.out_after;
    options.probes.back_after = setup.back_after;
    struct File {
        const char* flag;
        const std::string& name;
        std::string& into;
    };
    for (const File& file :
         {File{"--etcd-ca", setup.ca, options.tls.ca}, File{"--etcd-cert", setup.certificate, options.tls.certificate},
          File{"--etcd-key", setup.key, options.tls.key},
          File{"--etcd-password-file", setup.password_file, options.password}}) {
        auto text = read_file(file.flag, file.name);
        if (!text) return text.error();
        file.into = std::move(*text);
    }
    if (!setup.password.empty()) options.password = setup.password;
    options.password = options.password.substr(0, options.password.find_first_of("\r\n"));
    return options;
}

void register_etcd(observe::Registry& registry, const etcd::EtcdStore& store) {
    using Stats = etcd::EtcdStats;
    const auto count = [&](std::string_view name, std::string_view help, std::uint64_t Stats::* field) {
        registry.counter(name, help, [&store, field] { return static_cast<double>(store.stats().*field); });
    };
    count("confcast_etcd_calls_total", "Calls sent", &Stats::calls);
    count("confcast_etcd_call_failures_total", "Calls that were not answered: away, or too late",
          &Stats::call_failures);
    count("confcast_etcd_shared_calls_total", "Calls that carried several writes", &Stats::shared_calls);
    count("confcast_etcd_shared_writes_total", "Writes in calls that carried several", &Stats::shared_writes);
    count("confcast_etcd_watches_total", "Watches opened", &Stats::watches);
    count("confcast_etcd_watches_lost_total", "Watches that etcd or the network ended", &Stats::watches_lost);
    count("confcast_etcd_watch_duplicates_total", "Watch events at or below the position, dropped",
          &Stats::watch_duplicates);
    count("confcast_etcd_endpoint_changes_total", "Moves to another endpoint", &Stats::endpoint_changes);
    count("confcast_etcd_probe_failures_total", "Probes of an endpoint that failed", &Stats::probe_failures);
    count("confcast_etcd_authentications_total", "Tokens obtained", &Stats::authentications);
    count("confcast_etcd_restores_total", "Other clusters, or older states of the same, that were met",
          &Stats::restores);
    register_endpoints(registry, store);
}

}  // namespace

Result<OpenStore> open_etcd(Executor executor, const EtcdSetup& setup, const store::Layout& layout, Log& log) {
    auto options = options_of(setup, layout);
    if (!options) return options.error();
    if (!setup.user.empty() && setup.ca.empty())
        log.warning("app", "the password for etcd goes over the network as it is: no --etcd-ca, no TLS");
    auto store = etcd::EtcdStore::open(executor, std::move(*options), log);
    if (!store) return store.error();
    OpenStore open;
    open.register_metrics = [&etcd = **store](observe::Registry& registry) { register_etcd(registry, etcd); };
    open.store = std::move(*store);
    return open;
}

}  // namespace confcast::app
