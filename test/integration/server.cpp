#include "server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "confcast/load/process_stats.hpp"
#include "confcast/test/etcd_cluster.hpp"

namespace confcast::test {
namespace {

bool etcd_wanted() {
    const char* store = std::getenv("CONFCAST_TEST_STORE");
    return store != nullptr && std::string_view(store) == "etcd";
}

EtcdCluster& shared_etcd() {
    static EtcdCluster etcd({.members = 1});
    return etcd;
}

std::string own_prefix() {
    static int servers = 0;
    return "/test" + std::to_string(servers++) + "/";
}

}  // namespace

Server::Server(ServerSetup setup)
    : setup_(std::move(setup)), directory_(setup_.directory.value_or(temporary_.path() / "store")) {
    endpoint_.port = setup_.port.value_or(0);
    if (!setup_.port) endpoint_.port = load::free_port();
    if (setup_.store)
        store_flags_ = {"--store", *setup_.store};
    else if (!setup_.directory && etcd_wanted())
        store_flags_ = {"--store", "etcd:" + shared_etcd().endpoints(), "--prefix", own_prefix()};
    else
        store_flags_ = {"--store", "sqlite:" + directory_.string()};
    start();
}

std::string Server::binary() { return CONFCASTD; }

void Server::start() {
    std::vector<std::string> argv{binary(), "--listen", endpoint_.to_string()};
    argv.insert(argv.end(), store_flags_.begin(), store_flags_.end());
    argv.insert(argv.end(), setup_.flags.begin(), setup_.flags.end());
    if (setup_.stderr_to)
        argv.insert(argv.begin(), {"/bin/sh", "-c", "exec \"$@\" 2>\"$0\"", setup_.stderr_to->string()});
    process_.emplace(std::move(argv), temporary_.path() / "log");
    wait_ready();
}

void Server::wait_ready() {
    const auto deadline = load::Clock::now() + std::chrono::seconds{60};
    const bool secure = std::ranges::find(setup_.flags, "--tls-cert") != setup_.flags.end();
    while (load::Clock::now() < deadline) {
        if (secure && output().find(" is ready: https://") != std::string::npos) return;
        if (setup_.port && output().find(" is ready: ") != std::string::npos) return;
        try {  // another process may answer on a shared port
            if (!setup_.port && load::HttpClient(endpoint_, std::chrono::seconds{5}).get("/readyz").status == 200)
                return;
        } catch (const std::runtime_error&) {  // not listening yet
        }
        if (const auto code = process_->wait(std::chrono::milliseconds{20}))
            throw std::runtime_error("confcastd ended with " + std::to_string(*code) + ":\n" + output());
    }
    throw std::runtime_error("confcastd is not ready after a minute:\n" + output());
}

void Server::kill() {
    process_->signal(SIGKILL);
    process_->wait(std::chrono::seconds{30});
}

std::optional<int> Server::terminate(std::chrono::milliseconds limit) {
    process_->signal(SIGTERM);
    return process_->wait(limit);
}

std::uint64_t Server::resident_bytes() const {
    const auto stats = load::read_process(process_->pid());
    return stats ? stats->rss_bytes : 0;
}

std::int64_t Server::put(std::string_view key, std::string_view value) const {
    const auto response = http().put("/config/" + std::string(key), value, {{"Content-Type", "text/plain"}});
    if (response.status / 100 != 2) throw std::runtime_error("PUT " + std::string(key) + ": " + response.body);
    return envelope_of(response).at("data").at("mod_revision").to_number<std::int64_t>();
}

std::string Server::position() const {
    return std::string(http().get("/api/v1/config?limit=1").header("X-Confcast-Revision"));
}

json::object envelope_of(const load::HttpResponse& response) {
    boost::system::error_code error;
    const auto value = json::parse(response.body, error);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr || object->size() != 3 || !object->contains("code") || !object->contains("message") ||
        !object->contains("data") || !object->at("message").is_string())
        throw std::runtime_error("not an envelope (" + std::to_string(response.status) + "): " + response.body);
    const auto code = object->at("code").to_number<std::int64_t>();
    const bool fits = response.status < 400 ? code == 200 : code / 100 == response.status;
    if (!fits) throw std::runtime_error("status " + std::to_string(response.status) + " with " + response.body);
    return *object;
}

std::int64_t code_of(const load::HttpResponse& response) {
    return envelope_of(response).at("code").to_number<std::int64_t>();
}

}  // namespace confcast::test
